package org.valise.federation.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerPatternsTest {
    @ParameterizedTest
    @ValueSource(strings = {"*", "*.gouv.example", "Culture.example", "10.0.0.?", "[2001:db8::*]"})
    void readsHostsAndPatterns(String text) {
        assertThat(PeerPatterns.parse(text).glob()).isEqualToIgnoringCase(text);
    }

    /// Ports are not looked at, so a rule with one would never hold.
    @ParameterizedTest
    @ValueSource(strings = {"", "culture.example:8448", "a b", "http://a", "a/b", "[::1", "é"})
    void refusesWhatCouldNeverMatch(String text) {
        assertThatThrownBy(() -> PeerPatterns.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
