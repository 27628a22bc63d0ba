package org.valise.platform.config;

import org.valise.platform.http.TlsConfig;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How requests come in.
///
/// @param maxRequestBytes the most that the body of an ordinary (JSON) request may have
/// @param tls a listener with TLS beside the plain one
public record HttpSection(
        List<String> trustedProxies,
        int maxConnections,
        Duration idleTimeout,
        Duration stopTimeout,
        long maxRequestBytes,
        boolean gzip,
        Optional<TlsConfig> tls) {
    private static final List<String> LOCAL_PROXIES = List.of("127.0.0.0/8", "::1/128");

    static HttpSection read(Settings s) {
        return new HttpSection(
                s.list(
                        "trusted_proxies",
                        LOCAL_PROXIES,
                        "IP addresses or networks",
                        "The proxies whose `X-Forwarded-For` is believed. Whoever is on this"
                                + " list can claim any address.",
                        Values::network),
                s.integer(
                        "max_connections",
                        100_000,
                        16,
                        10_000_000,
                        "Connections at a time; further ones wait."),
                s.duration(
                        "idle_timeout",
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(65),
                        Duration.ofHours(1),
                        "A silent connection is closed after this. Clients wait up to 60 s in a"
                                + " sync, so the proxy's limit must be above that too."),
                s.duration(
                        "stop_timeout",
                        Duration.ofSeconds(10),
                        Duration.ZERO,
                        Duration.ofMinutes(5),
                        "How long a stop waits for requests in progress."),
                s.size(
                        "max_request_bytes",
                        1 << 20,
                        1 << 16,
                        64 << 20,
                        "The largest body of an ordinary request. Uploads of media have a limit"
                                + " of their own."),
                s.flag(
                        "gzip",
                        false,
                        "Answers are compressed for clients that ask for it. A proxy in front"
                                + " can do that as well."),
                TlsSection.read(s.section("tls")));
    }
}
