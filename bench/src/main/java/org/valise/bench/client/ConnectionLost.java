package org.valise.bench.client;

import java.io.IOException;

/// The connection ended before the first byte of an answer, as a server may end one that was idle.
final class ConnectionLost extends IOException {
    private static final long serialVersionUID = 1;

    ConnectionLost(String why) {
        super(why);
    }
}
