package org.valise.federation.discovery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.platform.outbound.Outbound;
import org.valise.platform.outbound.OutboundException;
import org.valise.platform.outbound.OutboundRequest;
import org.valise.platform.outbound.OutboundResponse;
import org.valise.platform.outbound.Target;
import org.valise.protocol.id.ServerName;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Asks hosts for `/.well-known/matrix/server`, and remembers what they said.
///
/// Spec: server-server API, "Resolving server names", step 3.
final class Delegation {
    private static final String PATH = "/.well-known/matrix/server";
    private static final int HTTPS = 443;
    private static final int MOST_REDIRECTS = 5;
    private static final long MOST_BYTES = 50 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int REMEMBERED = 20_000;

    /// "Errors are recommended to be cached for up to an hour, and servers are encouraged to
    /// exponentially back off for repeated failures."
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);

    private static final int MOST_FAILURES = 7;
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final Outbound outbound;
    private final int port;
    private final Clock clock;
    private final Cache<String, Answer> answers =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Answer(@Nullable ServerName delegated, Instant until, int failures) {}

    Delegation(Outbound outbound, Clock clock) {
        this(outbound, HTTPS, clock);
    }

    /// @param port where hosts answer HTTPS, in tests
    Delegation(Outbound outbound, int port, Clock clock) {
        this.outbound = outbound;
        this.port = port;
        this.clock = clock;
    }

    /// The server that a host delegates to; empty if it says nothing, or nothing valid.
    Optional<ServerName> of(String host) {
        Answer known = answers.getIfPresent(host);
        if (known == null || !clock.instant().isBefore(known.until())) {
            known = ask(host, known == null ? 0 : known.failures());
            answers.put(host, known);
        }
        return Optional.ofNullable(known.delegated());
    }

    private Answer ask(String host, int failures) {
        URI uri = URI.create("https://" + host + (port == HTTPS ? "" : ":" + port) + PATH);
        try {
            for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
                Step step = fetch(uri);
                if (step.next() == null) {
                    return step.answer() == null ? failed(failures) : step.answer();
                }
                uri = step.next();
            }
        } catch (OutboundException e) {
            // An error response: discovery goes on without it.
        }
        return failed(failures);
    }

    private Answer failed(int before) {
        int failures = Math.min(MOST_FAILURES, before + 1);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << (failures - 1));
        Duration bounded = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        return new Answer(null, clock.instant().plus(bounded), failures);
    }

    /// Where to go on, or the answer; neither: there is none.
    private record Step(@Nullable URI next, @Nullable Answer answer) {
        static final Step NOTHING = new Step(null, null);
    }

    private Step fetch(URI uri) throws OutboundException {
        int at = uri.getPort() < 0 ? HTTPS : uri.getPort();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        Target target =
                new Target(
                        uri.getHost(),
                        uri.getRawAuthority(),
                        List.of(new Target.Location(uri.getHost(), at)));
        return outbound.exchange(
                new OutboundRequest(
                        target, "GET", path + query, Map.of(), null, TIMEOUT, MOST_BYTES),
                response -> read(uri, response));
    }

    private Step read(URI uri, OutboundResponse response) throws IOException {
        int status = response.status();
        if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) {
            return response.header("Location")
                    .flatMap(location -> redirected(uri, location))
                    .map(next -> new Step(next, null))
                    .orElse(Step.NOTHING);
        }
        if (status != 200) {
            return Step.NOTHING;
        }
        Instant now = clock.instant();
        Duration lifetime =
                WellKnown.lifetime(
                        response.header("Cache-Control"), response.header("Expires"), now);
        return WellKnown.delegated(response.bytes())
                .map(server -> new Step(null, new Answer(server, now.plus(lifetime), 0)))
                .orElse(Step.NOTHING);
    }

    /// SECURITY: to HTTPS only; where it leads is checked as every address is.
    private static Optional<URI> redirected(URI from, String location) {
        try {
            URI next = from.resolve(new URI(location));
            boolean usable =
                    "https".equalsIgnoreCase(next.getScheme())
                            && next.getHost() != null
                            && next.getRawUserInfo() == null;
            return usable ? Optional.of(next) : Optional.empty();
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
