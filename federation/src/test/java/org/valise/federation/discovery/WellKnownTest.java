package org.valise.federation.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.id.ServerName;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

class WellKnownTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    private static Optional<ServerName> read(String body) {
        return WellKnown.delegated(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsTheServerThatIsDelegatedTo() {
        assertThat(read("{\"m.server\":\"a.example:1\",\"x\":[]}"))
                .contains(ServerName.parse("a.example:1"));
        assertThat(read(" {\"m.server\":\"[::1]\"}\n")).contains(ServerName.parse("[::1]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "\"a.example\"",
                "{\"m.server\":1}",
                "{\"m.server\":null}",
                "{\"m.server\":\"\"}",
                "{\"m.server\":\"https://a.example\"}",
                "{\"m.server\":\"a example\"}",
                "{\"m.server\":\"a.example:x\"}",
                "{\"m.server\":\"a.example\",\"m.server\":\"b.example\"}",
                "<html>",
                "{\"m.server\":\"a.example\"",
            })
    void whatIsInvalidDelegatesNowhere(String body) {
        assertThat(read(body)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, 86400",
                "'max-age=3600', -, 3600",
                "'public, MAX-AGE=3600', -, 3600",
                "'max-age=\"3600\"', -, 3600",
                "'max-age=1', -, 300",
                "'no-store', -, 300",
                "'no-cache, max-age=9999', -, 300",
                "'max-age=99999999999999999999', -, 172800",
                "'max-age=172801', -, 172800",
                "'max-age=-1', -, 86400",
                "'max-age=x', -, 86400",
                "'private', 'Sun, 22 Nov 2026 01:00:00 GMT', 3600",
                "'max-age=600', 'Sun, 22 Nov 2026 01:00:00 GMT', 600",
                "-, 'Sun, 22 Nov 2020 01:00:00 GMT', 300",
                "-, '0', 300",
            })
    void answersAreKeptAsTheyWishWithinBounds(String cacheControl, String expires, long seconds) {
        assertThat(
                        WellKnown.lifetime(
                                Optional.ofNullable(cacheControl),
                                Optional.ofNullable(expires),
                                NOW))
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void garbageIsReadOrRefusedNeverThrown() {
        String alphabet = "{}\"m.server:a,[]1 \\u0000é";
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "{\"m.server\":" : "");
            random.ints(random.nextInt(40), 0, alphabet.length())
                    .forEach(i -> text.append(alphabet.charAt(i)));
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && random.nextInt(4) == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertThat(WellKnown.delegated(bytes)).as("seed %d: %s", seed, text).isNotNull();
            assertThat(
                            WellKnown.lifetime(
                                    Optional.of(text.toString()),
                                    Optional.of(text.toString()),
                                    NOW))
                    .as("seed %d: %s", seed, text)
                    .isBetween(WellKnown.SHORTEST, WellKnown.LONGEST);
        }
    }
}
