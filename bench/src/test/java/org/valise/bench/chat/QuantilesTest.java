package org.valise.bench.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.stream.LongStream;

class QuantilesTest {
    private static final long MS = 1_000_000;

    @Test
    void areSamplesThemselves() {
        long[] upToThousand = LongStream.rangeClosed(1, 1000).map(i -> (1001 - i) * MS).toArray();
        assertThat(Quantiles.of(upToThousand)).isEqualTo(new Quantiles(1000, 500, 900, 990, 1000));
    }

    @Test
    void ofOneSampleAreThatSample() {
        assertThat(Quantiles.of(7 * MS)).isEqualTo(new Quantiles(1, 7, 7, 7, 7));
    }

    @Test
    void ofFewSamplesRoundUp() {
        assertThat(Quantiles.of(3 * MS, MS, 2 * MS)).isEqualTo(new Quantiles(3, 2, 3, 3, 3));
    }

    @Test
    void ofNothingAreNothing() {
        assertThat(Quantiles.of()).isEqualTo(new Quantiles(0, 0, 0, 0, 0));
    }

    @Test
    void leaveTheSamplesInTheirOrder() {
        long[] samples = {2, 1};
        Quantiles.of(samples);
        assertThat(samples).containsExactly(2, 1);
    }
}
