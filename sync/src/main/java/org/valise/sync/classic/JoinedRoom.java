package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.UserId;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.List;
import java.util.Optional;

/// A room that the reader is in.
final class JoinedRoom {
    private final Rooms rooms;
    private final StateSelection stateSelection;
    private final RoomEvents roomEvents;
    private final RoomSummary.Maker summaries;
    private final RoomExtras extras;

    JoinedRoom(
            Rooms rooms, StateSelection stateSelection, RoomEvents roomEvents, RoomExtras extras) {
        this.rooms = rooms;
        this.stateSelection = stateSelection;
        this.roomEvents = roomEvents;
        this.summaries = new RoomSummary.Maker(rooms.events(), rooms.keys());
        this.extras = extras;
    }

    /// @return null if there is nothing to say of the room
    @Nullable RoomPart render(
            UserMembership membership, SyncRequest request, Stays stays, Sections sections) {
        RoomView view = rooms.views().get(membership.room());
        // A room joined, or left and rejoined, since `since` comes with full state.
        boolean whole =
                request.isInitial()
                        || membership.position() > request.sincePosition()
                                && !stays.joinedThroughout(membership.room(), request.position());
        long asOf = request.position();
        RoomTimeline timeline =
                RoomTimeline.read(view, request, rooms, whole ? 0 : request.sincePosition(), asOf);
        StateSnapshot from =
                whole || request.fullState() ? null : view.stateAt(request.sincePosition());
        RoomSummary summary = summaries.of(view, from, asOf, request.reader().user().value());
        List<StoredEvent> state =
                stateSelection.select(
                        view,
                        request,
                        from,
                        timeline,
                        summary == null ? List.of() : summary.heroesOrNone(),
                        asOf);
        JsonBuffer extra = new JsonBuffer(256);
        boolean extraNews = extras.renderJoined(view, membership, request, whole, extra);
        noteNews(view, whole, timeline, state, sections);
        if (timeline.events().isEmpty()
                && state.isEmpty()
                && summary == null
                && !extraNews
                && !whole
                && !timeline.limited()) {
            return null;
        }
        return part(request, timeline, state, summary, extra);
    }

    private RoomPart part(
            SyncRequest request,
            RoomTimeline timeline,
            List<StoredEvent> state,
            @Nullable RoomSummary summary,
            JsonBuffer extra) {
        return new RoomPart(
                timeline,
                bundles -> {
                    JsonBuffer out = new JsonBuffer(1024);
                    out.ascii("{");
                    roomEvents.renderTimeline(timeline, request, bundles, out);
                    roomEvents.renderState(state, request, out);
                    if (summary != null) {
                        summary.render(out);
                    }
                    out.raw(extra.toBytes());
                    return out.ascii("}");
                });
    }

    private static void noteNews(
            RoomView view,
            boolean whole,
            RoomTimeline timeline,
            List<StoredEvent> state,
            Sections sections) {
        if (whole) {
            sections.newRooms.add(view.room().number());
            return;
        }
        for (List<StoredEvent> events : List.of(timeline.events(), state)) {
            for (StoredEvent event : events) {
                newcomer(event).ifPresent(sections.newcomers::add);
            }
        }
    }

    private static Optional<UserId> newcomer(StoredEvent event) {
        String user = event.event().stateKey();
        return user != null
                        && event.event().type().equals(EventTypes.MEMBER)
                        && Membership.of(event.event().content())
                                .equals(Optional.of(Membership.JOIN))
                ? UserId.tryParse(user)
                : Optional.empty();
    }
}
