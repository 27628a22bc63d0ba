package org.valise.rooms.members;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

/// The one answer to whoever has no business in a room.
///
/// SECURITY: it is the same whether the room exists or not, whatever was asked.
public final class NotInRoom {
    private NotInRoom() {}

    public static MatrixException refusal(UserId user) {
        return new MatrixException(ErrorCode.M_FORBIDDEN, user + " is not in the room");
    }

    /// The same for who wants to get in.
    public static MatrixException notInvited(UserId user) {
        return new MatrixException(ErrorCode.M_FORBIDDEN, user + " is not invited to the room");
    }
}
