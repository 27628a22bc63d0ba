package org.valise.sync.classic;

import org.valise.rooms.Rooms;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A room that the reader has left, or was put out of, or whose invitation came to nothing. It ends
/// with that: nothing after it is sent.
final class LeftRoom {
    private final Rooms rooms;
    private final StateSelection stateSelection;
    private final RoomEvents roomEvents;
    private final RoomExtras extras;

    LeftRoom(Rooms rooms, StateSelection stateSelection, RoomEvents roomEvents, RoomExtras extras) {
        this.rooms = rooms;
        this.stateSelection = stateSelection;
        this.roomEvents = roomEvents;
        this.extras = extras;
    }

    JsonBuffer render(UserMembership membership, SyncRequest request, Stays stays) {
        RoomView view = rooms.views().get(membership.room());
        Optional<UserMembership> leaving = stays.leaving(membership.room());
        boolean sawIt = request.isInitial() || stays.joinedAtAll(membership.room());
        JsonBuffer out = new JsonBuffer(1024);
        out.ascii("{");
        if (leaving.isPresent() && sawIt) {
            stay(view, leaving.get(), membership, request, stays, out);
        } else {
            // Who was not in the room is shown the end only.
            RoomTimeline end = withOwnEnd(RoomTimeline.EMPTY, membership);
            roomEvents.renderTimeline(end, request, Bundles.NONE, out);
            roomEvents.renderState(request.stateAfter() ? end.events() : List.of(), request, out);
        }
        extras.renderLeft(view, request, out);
        return out.ascii("}");
    }

    private void stay(
            RoomView view,
            UserMembership leaving,
            UserMembership membership,
            SyncRequest request,
            Stays stays,
            JsonBuffer out) {
        long end = leaving.position();
        boolean known = stays.joinedThroughout(membership.room(), end - 1);
        RoomTimeline timeline =
                RoomTimeline.read(view, request, rooms, known ? request.sincePosition() : 0, end);
        StateSnapshot from =
                known && !request.fullState() ? view.stateAt(request.sincePosition()) : null;
        List<StoredEvent> state =
                stateSelection.select(view, request, from, timeline, List.of(), end);
        Bundles bundles =
                timeline.limited()
                        ? rooms.bundling()
                                .of(timeline.events(), request.caller(), request.ignored(), end)
                        : Bundles.NONE;
        if (end == membership.position()) {
            roomEvents.renderTimeline(timeline, request, bundles, out);
            roomEvents.renderState(state, request, out);
            return;
        }
        roomEvents.renderTimeline(withOwnEnd(timeline, membership), request, bundles, out);
        roomEvents.renderState(
                request.stateAfter() ? withOwnNow(state, membership) : state, request, out);
    }

    /// The state as of leaving, but for the reader's own membership: that is known as it is now.
    private List<StoredEvent> withOwnNow(List<StoredEvent> state, UserMembership membership) {
        List<StoredEvent> own = withOwnEnd(RoomTimeline.EMPTY, membership).events();
        Set<Long> keys = own.stream().map(StoredEvent::key).collect(Collectors.toSet());
        return Stream.concat(
                        state.stream().filter(event -> !keys.contains(event.key())), own.stream())
                .toList();
    }

    /// State resolution may take a membership away without an event of its own.
    private RoomTimeline withOwnEnd(RoomTimeline timeline, UserMembership membership) {
        return membership.event() == 0
                ? timeline
                : timeline.endingWith(rooms.memberEvents().of(membership));
    }
}
