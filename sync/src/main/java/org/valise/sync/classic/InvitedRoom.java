package org.valise.sync.classic;

import org.valise.protocol.event.StateKey;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.StrippedState;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

/// What someone who is invited, or knocks, is told of a room.
///
/// Spec: client-server API, "Stripped state".
final class InvitedRoom {
    private final Rooms rooms;

    InvitedRoom(Rooms rooms) {
        this.rooms = rooms;
    }

    JsonBuffer render(UserMembership membership) {
        StoredEvent own = rooms.memberEvents().of(membership);
        JsonBuffer out = new JsonBuffer(1024);
        out.ascii(
                membership.membership() == Membership.KNOCK
                        ? "{\"knock_state\":{\"events\":["
                        : "{\"invite_state\":{\"events\":[");
        if (membership.isOutside()) {
            byte[] told = rooms.memberEvents().outside(membership).stripped();
            out.raw(told).ascii(told.length == 0 ? "" : ",");
        } else {
            appendState(membership, own, out);
        }
        EventRenderer.renderStripped(own, out);
        return out.ascii("]}}");
    }

    private void appendState(UserMembership membership, StoredEvent own, JsonBuffer out) {
        StateSnapshot state = rooms.states().snapshot(own.snapshotBefore());
        for (StateKey key : StrippedState.keys()) {
            append(membership.room(), state, key, out);
        }
        if (membership.membership() == Membership.INVITE) {
            append(membership.room(), state, StateKey.member(own.event().sender()), out);
        }
    }

    private void append(long room, StateSnapshot state, StateKey key, JsonBuffer out) {
        rooms.keys()
                .find(key)
                .map(state::get)
                .filter(number -> number != 0)
                .map(number -> rooms.events().get(room, number))
                .ifPresent(event -> {
                    EventRenderer.renderStripped(event, out);
                    out.ascii(",");
                });
    }
}
