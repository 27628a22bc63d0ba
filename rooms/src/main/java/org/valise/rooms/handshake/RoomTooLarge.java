package org.valise.rooms.handshake;

/// A room has more state than a user of this server may join.
final class RoomTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RoomTooLarge(int most) {
        super("The room has more than %d state events".formatted(most), null, false, false);
    }
}
