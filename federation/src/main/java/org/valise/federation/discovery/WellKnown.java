package org.valise.federation.discovery;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/// What `/.well-known/matrix/server` says, and for how long. Pure.
final class WellKnown {
    /// "The recommended sensible default is 24 hours."
    static final Duration USUAL = Duration.ofHours(24);

    /// "Servers should additionally impose a maximum cache time for responses: 48 hours is
    /// recommended."
    static final Duration LONGEST = Duration.ofHours(48);

    /// NOTSPEC: however short a server wishes it: every request would ask twice.
    static final Duration SHORTEST = Duration.ofMinutes(5);

    private WellKnown() {}

    /// The server that is delegated to; empty if the body is "invalid (bad JSON, missing properties
    /// …)".
    static Optional<ServerName> delegated(byte[] body) {
        try {
            return Json.parseObject(body).string("m.server").flatMap(ServerName::tryParse);
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /// How long an answer may be kept.
    static Duration lifetime(Optional<String> cacheControl, Optional<String> expires, Instant now) {
        Duration wished =
                cacheControl
                        .flatMap(WellKnown::maxAge)
                        .or(() -> expires.flatMap(WellKnown::date).map(at -> between(now, at)))
                        .orElse(USUAL);
        return wished.compareTo(SHORTEST) < 0
                ? SHORTEST
                : wished.compareTo(LONGEST) > 0 ? LONGEST : wished;
    }

    private static Duration between(Instant now, Instant at) {
        return at.isBefore(now) ? Duration.ZERO : Duration.between(now, at);
    }

    private static Optional<Duration> maxAge(String cacheControl) {
        Optional<Duration> age = Optional.empty();
        for (String directive : cacheControl.toLowerCase(Locale.ROOT).split(",")) {
            String text = directive.strip();
            if (text.equals("no-store") || text.equals("no-cache")) {
                return Optional.of(Duration.ZERO);
            }
            if (text.startsWith("max-age=")) {
                age = seconds(text.substring("max-age=".length()).replace("\"", ""));
            }
        }
        return age;
    }

    private static Optional<Duration> seconds(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits) {
            return Optional.empty();
        }
        return Optional.of(text.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(text)));
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(
                    Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip())));
        } catch (DateTimeParseException e) {
            // RFC 9111, 5.3: what is no date, "0" above all, has expired already.
            return Optional.of(Instant.EPOCH);
        }
    }
}
