package org.valise.rooms.handshake;

/// What another server says of a room cannot be true, or is not what was asked for.
final class UnbelievableAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnbelievableAnswer(String fault) {
        super(fault, null, false, false);
    }
}
