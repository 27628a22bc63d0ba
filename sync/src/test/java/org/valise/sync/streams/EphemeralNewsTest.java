package org.valise.sync.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Optional;
import java.util.Set;

/// What one user is shown of typing and presence.
final class EphemeralNewsTest {
    private final EphemeralNews news = new EphemeralNews();

    @Test
    void knowsNothingBeforeItWasMade() {
        assertThat(news.typedIn(5, 10)).isEmpty();
        news.knowsAllAfter(5);
        assertThat(news.typedIn(4, 10)).isEmpty();
        assertThat(news.typedIn(5, 10)).isEqualTo(Optional.of(Set.of()));
    }

    @Test
    void leavesOutWhatChangedAgainAfterTheEnd() {
        news.knowsAllAfter(0);
        news.typed(1, 3);
        news.typed(2, 4);
        news.typed(1, 8);
        assertThat(news.typedIn(0, 5)).isEqualTo(Optional.of(Set.of(2L)));
        assertThat(news.typedIn(5, 8)).isEqualTo(Optional.of(Set.of(1L)));
        assertThat(news.presentIn(0, 8)).isEqualTo(Optional.of(Set.of()));
    }

    @Test
    void forgetsRatherThanGrowWithoutBoundAndSaysSo() {
        news.knowsAllAfter(0);
        for (int user = 0; user <= 10_000; user++) {
            news.present(user, 100 + user);
        }
        assertThat(news.presentIn(0, 100_000)).isEmpty();
        assertThat(news.presentIn(100 + 9_999, 100_000)).isEqualTo(Optional.of(Set.of(10_000L)));
    }
}
