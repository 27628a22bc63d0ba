package org.valise.protocol.event;

/// An event that does not have the format of its room version. From another server it is dropped;
/// from a client it is refused.
public final class InvalidEvent extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean tooLarge;

    InvalidEvent(String message) {
        this(message, false);
    }

    InvalidEvent(String message, boolean tooLarge) {
        // Thrown at the rate at which strangers send nonsense: without the cost of a stack trace.
        super(message, null, false, false);
        this.tooLarge = tooLarge;
    }

    /// Whether it broke a limit of size (`M_TOO_LARGE`) and not of form (`M_BAD_JSON`).
    public boolean tooLarge() {
        return tooLarge;
    }
}
