package org.valise.platform.http;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

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
        @Nullable TlsConfig tls) {

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
                null);
    }

    /// The same on a free port.
    public static HttpConfig onFreePort() {
        return defaults().withPort(0);
    }

    public HttpConfig withHost(String other) {
        return new HttpConfig(
                other,
                port,
                trustedProxies,
                maxConnections,
                idleTimeout,
                stopTimeout,
                accessLog,
                cors,
                gzip,
                tls);
    }

    public HttpConfig withPort(int other) {
        return new HttpConfig(
                host,
                other,
                trustedProxies,
                maxConnections,
                idleTimeout,
                stopTimeout,
                accessLog,
                cors,
                gzip,
                tls);
    }

    public HttpConfig withTrustedProxies(List<String> other) {
        return new HttpConfig(
                host,
                port,
                other,
                maxConnections,
                idleTimeout,
                stopTimeout,
                accessLog,
                cors,
                gzip,
                tls);
    }

    public HttpConfig withMaxConnections(int other) {
        return new HttpConfig(
                host,
                port,
                trustedProxies,
                other,
                idleTimeout,
                stopTimeout,
                accessLog,
                cors,
                gzip,
                tls);
    }

    public HttpConfig withIdleTimeout(Duration other) {
        return new HttpConfig(
                host,
                port,
                trustedProxies,
                maxConnections,
                other,
                stopTimeout,
                accessLog,
                cors,
                gzip,
                tls);
    }

    public HttpConfig withStopTimeout(Duration other) {
        return new HttpConfig(
                host,
                port,
                trustedProxies,
                maxConnections,
                idleTimeout,
                other,
                accessLog,
                cors,
                gzip,
                tls);
    }

    public HttpConfig withAccessLog(boolean other) {
        return new HttpConfig(
                host,
                port,
                trustedProxies,
                maxConnections,
                idleTimeout,
                stopTimeout,
                other,
                cors,
                gzip,
                tls);
    }

    public HttpConfig withCors(boolean other) {
        return new HttpConfig(
                host,
                port,
                trustedProxies,
                maxConnections,
                idleTimeout,
                stopTimeout,
                accessLog,
                other,
                gzip,
                tls);
    }

    public HttpConfig withTls(TlsConfig other) {
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
                other);
    }

    public HttpConfig withGzip(boolean other) {
        return new HttpConfig(
                host,
                port,
                trustedProxies,
                maxConnections,
                idleTimeout,
                stopTimeout,
                accessLog,
                cors,
                other,
                tls);
    }
}
