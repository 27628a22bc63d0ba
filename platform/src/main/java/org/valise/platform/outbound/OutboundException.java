package org.valise.platform.outbound;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/// A request that got no answer, or none that could be taken.
public final class OutboundException extends IOException {
    private static final long serialVersionUID = 1L;

    /// Why there is no answer.
    public enum Reason {
        /// Its addresses are not among those that requests may go to.
        ADDRESS_NOT_ALLOWED,
        /// No address, no connection, no valid certificate, or the connection broke.
        UNREACHABLE,
        TIMEOUT,
        /// The answer is longer than it may be.
        TOO_LARGE
    }

    private final Reason reason;

    OutboundException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
