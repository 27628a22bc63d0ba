package org.valise.rooms.reading;

import org.valise.platform.http.Caller;
import org.valise.platform.stream.Stream;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.members.NotInRoom;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.view.RoomView;
import org.valise.rooms.view.RoomViews;

import java.util.List;
import java.util.Optional;

/// Decides who may read a room, and as of which position.
///
/// Which of its events they may see is for `Visibility` to say.
public final class RoomAccess {
    private final Stream stream;
    private final RoomStore rooms;
    private final MembershipStore memberships;
    private final RoomViews views;
    private final StateKeys keys;
    private final Events events;

    public RoomAccess(
            Stream stream,
            RoomStore rooms,
            MembershipStore memberships,
            RoomViews views,
            StateKeys keys,
            Events events) {
        this.stream = stream;
        this.rooms = rooms;
        this.memberships = memberships;
        this.views = views;
        this.keys = keys;
        this.events = events;
    }

    /// For members as of now, for whoever left as of leaving, for anybody else if the room is world
    /// readable.
    ///
    /// @throws MatrixException 403, the same whether the room exists or not
    public Readable readable(Caller caller, RoomId id) {
        long now = stream.applied();
        RoomRef room = rooms.find(id).orElseThrow(() -> NotInRoom.refusal(caller.user()));
        RoomView view = views.get(room.number());
        List<UserMembership> history = history(caller, room, now);
        if (isJoined(history)) {
            return new Readable(room, view, now, true);
        }
        return leaving(history)
                .map(left -> new Readable(room, view, left.position(), false))
                .or(() ->
                        isWorldReadable(room, view, now)
                                ? Optional.of(new Readable(room, view, now, false))
                                : Optional.empty())
                .orElseThrow(() -> NotInRoom.refusal(caller.user()));
    }

    /// For members, and for anybody if the room is world readable; as of now.
    ///
    /// @throws MatrixException 403, the same whether the room exists or not
    public Readable present(Caller caller, RoomId id) {
        long now = stream.applied();
        return rooms.find(id)
                .map(room -> new Readable(room, views.get(room.number()), now, false))
                .filter(room -> isWorldReadable(room.room(), room.view(), now))
                .orElseGet(() -> joined(caller, id));
    }

    /// For members only.
    ///
    /// @throws MatrixException 403, the same whether the room exists or not
    public Readable joined(Caller caller, RoomId id) {
        return ifJoined(caller, id).orElseThrow(() -> NotInRoom.refusal(caller.user()));
    }

    /// Empty for whoever is not a member, whether the room exists or not.
    public Optional<Readable> ifJoined(Caller caller, RoomId id) {
        long now = stream.applied();
        return rooms.find(id)
                .filter(known ->
                        memberships
                                .of(caller.userNumber(), known.number(), now)
                                .filter(own -> own.membership() == Membership.JOIN)
                                .isPresent())
                .map(room -> new Readable(room, views.get(room.number()), now, true));
    }

    /// The position as of which somebody reads a room: now, or that of leaving it.
    long asOf(Caller caller, RoomRef room) {
        long now = stream.applied();
        List<UserMembership> history = history(caller, room, now);
        return isJoined(history) ? now : leaving(history).map(UserMembership::position).orElse(now);
    }

    /// The room, unless the reader has forgotten it: then it is as if it were unknown.
    Optional<RoomRef> remembered(Caller caller, RoomId id) {
        return rooms.find(id)
                .filter(room ->
                        memberships
                                .of(caller.userNumber(), room.number(), Long.MAX_VALUE)
                                .filter(newest -> isForgotten(caller, newest))
                                .isEmpty());
    }

    /// Empty once the room is forgotten.
    private List<UserMembership> history(Caller caller, RoomRef room, long now) {
        List<UserMembership> history =
                memberships.history(caller.userNumber(), room.number()).stream()
                        .filter(each -> each.position() <= now)
                        .toList();
        return history.isEmpty() || isJoined(history) || !isForgotten(caller, history.getLast())
                ? history
                : List.of();
    }

    private boolean isForgotten(Caller caller, UserMembership newest) {
        return memberships
                .forgotten(caller.userNumber(), newest.room())
                .filter(forgotten -> forgotten.position() >= newest.position())
                .isPresent();
    }

    private static boolean isJoined(List<UserMembership> history) {
        return !history.isEmpty() && history.getLast().membership() == Membership.JOIN;
    }

    /// The end of the last time in the room; what came of invitations since then does not count.
    private static Optional<UserMembership> leaving(List<UserMembership> history) {
        for (int i = history.size() - 2; i >= 0; i--) {
            if (history.get(i).membership() == Membership.JOIN) {
                return Optional.of(history.get(i + 1));
            }
        }
        return Optional.empty();
    }

    private boolean isWorldReadable(RoomRef room, RoomView view, long now) {
        return keys.find(StateKey.HISTORY_VISIBILITY)
                .map(key -> view.stateAt(now).get(key))
                .filter(number -> number != 0)
                .flatMap(number ->
                        events.get(room.number(), number)
                                .event()
                                .content()
                                .string("history_visibility"))
                .equals(Optional.of("world_readable"));
    }
}
