package org.valise.platform.http;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Where and how a server listens.
///
/// @param host the address to bind, `0.0.0.0` for all
/// @param port 0 for a free one
/// @param trustedProxies addresses or networks (`10.0.0.0/8`) whose `X-Forwarded-For` is believed
/// @param maxConnections further connections are not accepted before one is closed
/// @param idleTimeout of a connection; must be longer than the longest `/sync`
/// @param stopTimeout how long a stop waits for what was accepted
/// @param accessLog whether each request is logged
/// @param cors whether web pages of other origins may read the answers, as Matrix clients in
///   browsers do
/// @param gzip whether answers are compressed for clients that ask for it
/// @param maxBody the most bytes that a request's body may have unless its route says otherwise
public record HttpConfig(
        String host,
        int port,
        List<String> trustedProxies,
        int maxConnections,
        Duration idleTimeout,
        Duration stopTimeout,
        boolean accessLog,
        boolean cors,
        boolean gzip,
        long maxBody,
        @Nullable TlsConfig tls) {
    private static final long DEFAULT_MAX_BODY = 1 << 20;

    public static HttpConfig defaults() {
        return new HttpConfig(
                "127.0.0.1",
                8008,
                List.of("127.0.0.0/8", "::1/128"),
                100_000,
                Duration.ofSeconds(120),
                Duration.ofSeconds(10),
                true,
                true,
                false,
                DEFAULT_MAX_BODY,
                null);
    }

    /// The same on a free port.
    public static HttpConfig onFreePort() {
        return defaults().withPort(0);
    }

    public HttpConfig withHost(String other) {
        return changed(draft -> draft.host = other);
    }

    public HttpConfig withPort(int other) {
        return changed(draft -> draft.port = other);
    }

    public HttpConfig withTrustedProxies(List<String> other) {
        return changed(draft -> draft.trustedProxies = other);
    }

    public HttpConfig withMaxConnections(int other) {
        return changed(draft -> draft.maxConnections = other);
    }

    public HttpConfig withIdleTimeout(Duration other) {
        return changed(draft -> draft.idleTimeout = other);
    }

    public HttpConfig withStopTimeout(Duration other) {
        return changed(draft -> draft.stopTimeout = other);
    }

    public HttpConfig withAccessLog(boolean other) {
        return changed(draft -> draft.accessLog = other);
    }

    public HttpConfig withCors(boolean other) {
        return changed(draft -> draft.cors = other);
    }

    public HttpConfig withGzip(boolean other) {
        return changed(draft -> draft.gzip = other);
    }

    public HttpConfig withMaxBody(long other) {
        return changed(draft -> draft.maxBody = other);
    }

    public HttpConfig withTls(TlsConfig other) {
        return changed(draft -> draft.tls = other);
    }

    private HttpConfig changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.config();
    }

    /// A copy that is being changed.
    private static final class Draft {
        private String host;
        private int port;
        private List<String> trustedProxies;
        private int maxConnections;
        private Duration idleTimeout;
        private Duration stopTimeout;
        private boolean accessLog;
        private boolean cors;
        private boolean gzip;
        private long maxBody;
        private @Nullable TlsConfig tls;

        Draft(HttpConfig config) {
            host = config.host;
            port = config.port;
            trustedProxies = config.trustedProxies;
            maxConnections = config.maxConnections;
            idleTimeout = config.idleTimeout;
            stopTimeout = config.stopTimeout;
            accessLog = config.accessLog;
            cors = config.cors;
            gzip = config.gzip;
            maxBody = config.maxBody;
            tls = config.tls;
        }

        HttpConfig config() {
            return new HttpConfig(
                    host,
                    port,
                    trustedProxies,
                    maxConnections,
                    idleTimeout,
                    stopTimeout,
                    accessLog,
                    cors,
                    gzip,
                    maxBody,
                    tls);
        }
    }
}
