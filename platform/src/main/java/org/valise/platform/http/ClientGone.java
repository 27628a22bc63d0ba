package org.valise.platform.http;

/// The client went away, or sent what is no HTTP, while its request was read: nobody is left to
/// answer.
final class ClientGone extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClientGone(Throwable cause) {
        super("the client has gone away", cause);
    }
}
