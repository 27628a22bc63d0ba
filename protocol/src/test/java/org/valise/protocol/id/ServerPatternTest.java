package org.valise.protocol.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;
import java.util.regex.Pattern;

class ServerPatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, a.example, true",
        "*.example, a.example, true",
        "*.example, example, false",
        "*.example, a.example.org, false",
        "A.Example, a.eXAMPLE, true",
        "a.example, a.example:8448, true",
        "a.example:8448, a.example:8448, false",
        "a.?xample, a.example, true",
        "a.?xample, a.xample, false",
        "*a*b*, xaxbx, true",
        "*a*b*, xbxax, false",
        "10.*, 10.1.2.3, true",
        "[*, [::1]:5, true",
        "a.example, aXexample, false",
    })
    void matchesHostsWithoutPortInAnyCase(String pattern, String server, boolean matches) {
        assertThat(new ServerPattern(pattern).matches(ServerName.parse(server))).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*.gouv.example", "Culture.example", "10.0.0.?", "[2001:db8::*]"})
    void readsHostsAndPatterns(String text) {
        assertThat(ServerPattern.ofHosts(text).glob()).isEqualToIgnoringCase(text);
    }

    /// Ports are not looked at, so a rule with one would never hold.
    @ParameterizedTest
    @ValueSource(strings = {"", "culture.example:8448", "a b", "http://a", "a/b", "[::1", "é"})
    void refusesWhatCouldNeverMatch(String text) {
        assertThatThrownBy(() -> ServerPattern.ofHosts(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesPatternsThatAreEmptyOrTooLong() {
        assertThatThrownBy(() -> new ServerPattern(""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServerPattern("*".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void agreesWithARegularExpression() {
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            String glob = text(random, "ab.*?", 1 + random.nextInt(8));
            String host = text(random, "ab.", 1 + random.nextInt(10));
            Pattern oracle =
                    Pattern.compile(glob.replace(".", "\\.").replace("*", ".*").replace("?", "."));
            assertThat(new ServerPattern(glob).matches(ServerName.parse(host)))
                    .as("seed %d: %s %s", seed, glob, host)
                    .isEqualTo(oracle.matcher(host).matches());
        }
    }

    private static String text(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
