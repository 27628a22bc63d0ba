package org.valise.federation.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.id.ServerName;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;

class RestingTest {
    private static final ServerName SERVER = ServerName.parse("a.example");

    private Instant now = Instant.EPOCH;
    private final Resting resting =
            new Resting(
                    new Clock() {
                        @Override
                        public Instant instant() {
                            return now;
                        }

                        @Override
                        public ZoneId getZone() {
                            return ZoneOffset.UTC;
                        }

                        @Override
                        public Clock withZone(ZoneId zone) {
                            return this;
                        }
                    },
                    new Random(1));

    private Duration rest() {
        Instant since = now;
        while (resting.isResting(SERVER)) {
            now = now.plusMillis(100);
        }
        return Duration.between(since, now);
    }

    @Test
    void restsTheLongerTheMoreOftenItFailedWithJitter() {
        assertThat(resting.isResting(SERVER)).isFalse();
        for (int failure = 0; failure < 20; failure++) {
            resting.failed(SERVER);
            resting.failed(SERVER); // at the same time: one failure
            Duration whole = Duration.ofSeconds(1L << Math.min(failure, 12));
            Duration bounded =
                    whole.compareTo(Duration.ofHours(1)) > 0 ? Duration.ofHours(1) : whole;
            assertThat(rest()).isBetween(bounded.dividedBy(2), bounded.plusMillis(100));
        }
    }

    @Test
    void whoAnswersRestsNoLonger() {
        for (int failure = 0; failure < 5; failure++) {
            resting.failed(SERVER);
            rest();
        }
        resting.failed(SERVER);
        assertThat(resting.isResting(SERVER)).isTrue();
        resting.isThere(SERVER);
        assertThat(resting.isResting(SERVER)).isFalse();
        resting.failed(SERVER);
        assertThat(rest()).isLessThanOrEqualTo(Duration.ofMillis(1_100));
    }
}
