package org.valise.rooms.handshake;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// A room has more state than a user of this server may join.
final class RoomTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RoomTooLarge(int most) {
        super("The room has more than %d state events".formatted(most), null, false, false);
    }

    /// What the user is told; no other server needs to be asked.
    HandshakeFailure refusal() {
        return HandshakeFailure.decided(
                new MatrixException(
                        ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, String.valueOf(getMessage())));
    }
}
