package org.valise.bench.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/// As many connections as there are requests at a time; they are kept and used again.
final class Connections implements Closeable {
    private final InetSocketAddress server;
    private final Set<HttpConnection> all = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    Connections(URI server) {
        if (!"http".equals(server.getScheme())) {
            throw new IllegalArgumentException("only http:// URLs: " + server);
        }
        this.server =
                new InetSocketAddress(
                        server.getHost(), server.getPort() < 0 ? 80 : server.getPort());
    }

    HttpAnswer exchange(byte[] request, Duration patience) throws IOException {
        HttpConnection kept = idle.pollLast();
        if (kept != null) {
            try {
                return exchange(kept, request, patience);
            } catch (ConnectionLost e) {
                // It was closed while it was idle, and the request was not looked at.
            }
        }
        if (closed) {
            throw new IOException("the client is closed");
        }
        HttpConnection fresh = new HttpConnection(server);
        all.add(fresh);
        return exchange(fresh, request, patience);
    }

    private HttpAnswer exchange(HttpConnection connection, byte[] request, Duration patience)
            throws IOException {
        try {
            return connection.exchange(request, patience);
        } finally {
            if (connection.isReusable() && !closed) {
                idle.addLast(connection);
            } else {
                all.remove(connection);
                connection.close();
            }
        }
    }

    /// Ends everything, also what waits for an answer.
    @Override
    public void close() throws IOException {
        closed = true;
        for (HttpConnection connection : all) {
            connection.close();
        }
    }
}
