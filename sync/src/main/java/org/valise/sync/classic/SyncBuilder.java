package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;
import org.valise.rooms.view.RoomView;
import org.valise.sync.streams.UserView;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Puts a sync response together, of stored bytes.
final class SyncBuilder {
    private final Rooms rooms;
    private final MembershipStore memberships;
    private final EventRenderer renderer;
    private final StateSelection stateSelection;
    private final RoomSummary summary;
    private final InvitedRoom invitedRoom;
    private final RoomExtras extras;
    private final List<DeviceExtras> deviceExtras;

    SyncBuilder(Rooms rooms, RoomExtras extras, List<DeviceExtras> deviceExtras) {
        this.rooms = rooms;
        this.memberships = rooms.memberships();
        this.renderer = rooms.renderer();
        this.stateSelection = new StateSelection(rooms.events(), rooms.keys(), new SentMembers());
        this.summary = new RoomSummary(rooms.events(), rooms.keys());
        this.invitedRoom = new InvitedRoom(rooms);
        this.extras = extras;
        this.deviceExtras = List.copyOf(deviceExtras);
    }

    /// A response, and whether it says anything.
    record Built(byte[] body, boolean news) {}

    Built build(UserView user, SyncRequest request) {
        Sections sections = new Sections();
        Optional<Set<Long>> changed =
                request.isInitial() || request.fullState()
                        ? Optional.empty()
                        : user.roomsChangedAfter(request.sincePosition());
        for (UserMembership membership : candidates(user, request, changed)) {
            if (request.filter().room().admitsRoom(roomId(membership))) {
                add(user, membership, request, sections);
            }
        }
        JsonBuffer out = new JsonBuffer(256 + sections.length());
        out.ascii("{\"next_batch\":").string(request.upTo().toString());
        boolean news = sections.render(out);
        boolean accountNews =
                changed.isEmpty() || changed.get().contains(0L)
                        ? extras.renderAccount(request, out)
                        : false;
        boolean deviceNews = false;
        for (DeviceExtras each : deviceExtras) {
            deviceNews |= each.render(user, request, out);
        }
        out.ascii("}");
        return new Built(out.toBytes(), news || accountNews || deviceNews);
    }

    private List<UserMembership> candidates(
            UserView user, SyncRequest request, Optional<Set<Long>> changed) {
        if (changed.isEmpty()) {
            return user.membershipsAt(request.position());
        }
        List<UserMembership> found = new ArrayList<>();
        Set<Long> wanted = new HashSet<>(changed.get());
        wanted.addAll(extras.roomsWithEphemerals(request, user));
        for (long room : wanted) {
            if (room != 0) {
                user.membershipAt(room, request.position()).ifPresent(found::add);
            }
        }
        return found;
    }

    private String roomId(UserMembership membership) {
        return rooms.rooms().get(membership.room()).id().value();
    }

    private void add(
            UserView user, UserMembership membership, SyncRequest request, Sections sections) {
        boolean changed = membership.position() > request.sincePosition();
        switch (membership.membership()) {
            case JOIN -> {
                JsonBuffer room = joined(membership, request, changed);
                if (room != null) {
                    sections.joined.put(roomId(membership), room);
                }
            }
            case INVITE -> {
                if (changed && !isIgnoredInviter(membership, request)) {
                    sections.invited.put(roomId(membership), invitedRoom.render(membership));
                }
            }
            case KNOCK -> {
                if (changed) {
                    sections.knocked.put(roomId(membership), invitedRoom.render(membership));
                }
            }
            case LEAVE, BAN -> {
                boolean shown =
                        request.isInitial() ? request.filter().room().includeLeave() : changed;
                if (shown && !extras.isForgotten(request, membership)) {
                    sections.left.put(roomId(membership), left(user, membership, request));
                }
            }
        }
    }

    private boolean isIgnoredInviter(UserMembership membership, SyncRequest request) {
        StoredEvent invite = rooms.events().get(membership.room(), membership.event());
        return request.ignored().contains(invite.event().sender().value());
    }

    /// @return null if there is nothing to say of the room
    private @Nullable JsonBuffer joined(
            UserMembership membership, SyncRequest request, boolean membershipChanged) {
        RoomView view = rooms.views().get(membership.room());
        // A room joined, or left and rejoined, since `since` comes with full state.
        boolean whole =
                request.isInitial()
                        || membershipChanged && !wasJoinedThroughout(membership, request);
        long after = whole ? 0 : request.sincePosition();
        RoomTimeline timeline =
                RoomTimeline.read(view, request, rooms.visibility(), after, request.position());
        StateSnapshot from =
                whole || request.fullState() ? null : view.stateAt(request.sincePosition());
        List<StoredEvent> state =
                stateSelection.select(view, request, from, timeline, request.position());
        JsonBuffer extra = new JsonBuffer(256);
        boolean extraNews = extras.renderJoined(view, membership, request, whole, extra);
        if (timeline.events().isEmpty()
                && state.isEmpty()
                && !extraNews
                && !whole
                && !timeline.limited()) {
            return null;
        }
        JsonBuffer out = new JsonBuffer(1024);
        out.ascii("{");
        renderTimeline(timeline, request, out);
        renderState(state, request, out);
        boolean membersChanged =
                from == null || hasMemberEvent(timeline.events()) || hasMemberEvent(state);
        if (request.filter().room().lazyLoadMembers() && membersChanged) {
            out.ascii(",\"summary\":");
            summary.render(view, request, request.position(), out);
        }
        out.raw(extra.toBytes());
        return out.ascii("}");
    }

    /// Whether every membership since `since` was a join (a changed profile, say).
    private boolean wasJoinedThroughout(UserMembership membership, SyncRequest request) {
        long user = request.reader().number();
        boolean before =
                memberships
                        .of(user, membership.room(), request.sincePosition())
                        .filter(old -> old.membership() == Membership.JOIN)
                        .isPresent();
        return before
                && memberships.changes(user, request.sincePosition(), request.position()).stream()
                        .filter(change -> change.room() == membership.room())
                        .allMatch(change -> change.membership() == Membership.JOIN);
    }

    /// A room that was left ends with the leave: nothing after it is sent.
    private JsonBuffer left(UserView user, UserMembership membership, SyncRequest request) {
        RoomView view = rooms.views().get(membership.room());
        boolean wasJoined =
                !request.isInitial()
                        && memberships
                                .of(user.user(), membership.room(), request.sincePosition())
                                .filter(old -> old.membership() == Membership.JOIN)
                                .isPresent();
        long after = wasJoined ? request.sincePosition() : 0;
        long end = membership.position();
        boolean everIn = wasJoined || wasIn(user.user(), membership);
        RoomTimeline timeline =
                everIn
                        ? RoomTimeline.read(view, request, rooms.visibility(), after, end)
                        : onlyTheLeave(membership);
        List<StoredEvent> state =
                everIn
                        ? stateSelection.select(
                                view,
                                request,
                                wasJoined && !request.fullState()
                                        ? view.stateAt(request.sincePosition())
                                        : null,
                                timeline,
                                end)
                        : List.of();
        JsonBuffer out = new JsonBuffer(1024);
        out.ascii("{");
        renderTimeline(timeline, request, out);
        renderState(state, request, out);
        return out.ascii("}");
    }

    private boolean wasIn(long user, UserMembership membership) {
        return memberships.history(user, membership.room()).stream()
                .anyMatch(old ->
                        old.membership() == Membership.JOIN
                                && old.position() < membership.position());
    }

    /// Who was never in the room (a declined or withdrawn invitation) is shown its end only.
    private RoomTimeline onlyTheLeave(UserMembership membership) {
        return new RoomTimeline(
                List.of(rooms.events().get(membership.room(), membership.event())), false);
    }

    private void renderTimeline(RoomTimeline timeline, SyncRequest request, JsonBuffer out) {
        out.ascii("\"timeline\":{\"events\":[");
        renderEvents(timeline.events(), request, out);
        out.ascii("],\"limited\":").ascii(Boolean.toString(timeline.limited()));
        if (!timeline.events().isEmpty()) {
            StoredEvent first = timeline.events().getFirst();
            if (first.order() != null) {
                out.ascii(",\"prev_batch\":").string(new OrderToken(first.order()).toString());
            }
        } else {
            out.ascii(",\"prev_batch\":").string(request.upTo().toString());
        }
        out.ascii("}");
    }

    private void renderState(List<StoredEvent> state, SyncRequest request, JsonBuffer out) {
        out.ascii(request.stateAfter() ? ",\"state_after\":" : ",\"state\":");
        out.ascii("{\"events\":[");
        renderEvents(state, request, out);
        out.ascii("]}");
    }

    private void renderEvents(List<StoredEvent> events, SyncRequest request, JsonBuffer out) {
        for (int i = 0; i < events.size(); i++) {
            out.ascii(i == 0 ? "" : ",");
            EventProjections.render(
                    renderer, events.get(i), request.reader(), request.filter(), out);
        }
    }

    private static boolean hasMemberEvent(List<StoredEvent> events) {
        return events.stream()
                .anyMatch(event -> event.key() != 0 && StateSnapshot.isMember(event.key()));
    }

    /// The rooms of a response by what the reader is in them.
    private static final class Sections {
        final Map<String, JsonBuffer> joined = new TreeMap<>();
        final Map<String, JsonBuffer> invited = new TreeMap<>();
        final Map<String, JsonBuffer> knocked = new TreeMap<>();
        final Map<String, JsonBuffer> left = new TreeMap<>();

        int length() {
            int length = 0;
            for (Map<String, JsonBuffer> section : List.of(joined, invited, knocked, left)) {
                for (JsonBuffer room : section.values()) {
                    length += room.length() + 80;
                }
            }
            return length;
        }

        boolean render(JsonBuffer out) {
            if (joined.isEmpty() && invited.isEmpty() && knocked.isEmpty() && left.isEmpty()) {
                return false;
            }
            out.ascii(",\"rooms\":{");
            boolean first = section("join", joined, true, out);
            first = section("invite", invited, first, out);
            first = section("knock", knocked, first, out);
            section("leave", left, first, out);
            out.ascii("}");
            return true;
        }

        private static boolean section(
                String name, Map<String, JsonBuffer> rooms, boolean first, JsonBuffer out) {
            if (rooms.isEmpty()) {
                return first;
            }
            out.ascii(first ? "\"" : ",\"").ascii(name).ascii("\":{");
            boolean firstRoom = true;
            for (Map.Entry<String, JsonBuffer> room : rooms.entrySet()) {
                out.ascii(firstRoom ? "" : ",").string(room.getKey()).ascii(":");
                out.raw(room.getValue().toBytes());
                firstRoom = false;
            }
            out.ascii("}");
            return false;
        }
    }
}
