package org.valise.platform.http;

/// The address or port cannot be had: taken, not this machine's, or not allowed.
public final class CannotListen extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CannotListen(HttpConfig config, Exception cause) {
        super(
                "it cannot listen on %s port %d: %s. Choose another port or address, or stop what uses it."
                        .formatted(config.host(), config.port(), deepest(cause).getMessage()),
                cause);
    }

    private static Throwable deepest(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest;
    }
}
