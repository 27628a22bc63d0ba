package org.valise.rooms.membership;

import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.members.NotInRoom;
import org.valise.rooms.timeline.RoomStore;

/// Lets go of rooms that were left: they are not shown again, and their history cannot be read,
/// until there is a later membership.
public final class Forgetting {
    private final RoomStore rooms;
    private final MembershipStore memberships;

    public Forgetting(RoomStore rooms, MembershipStore memberships) {
        this.rooms = rooms;
        this.memberships = memberships;
    }

    /// @throws MatrixException 400 if the caller has not left it
    void forget(Caller caller, RoomId room) {
        UserMembership newest =
                rooms.find(room)
                        .flatMap(known ->
                                memberships.of(caller.userNumber(), known.number(), Long.MAX_VALUE))
                        .orElseThrow(() -> NotInRoom.refusal(caller.user()));
        if (newest.membership() != Membership.LEAVE && newest.membership() != Membership.BAN) {
            // If the user is currently joined to the room, they must leave the room before calling
            // this API.
            throw new MatrixException(ErrorCode.M_UNKNOWN, "Leave the room before forgetting it")
                    .status(400);
        }
        memberships.forget(caller.userNumber(), newest.room(), newest.position());
    }
}
