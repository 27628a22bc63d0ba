package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.valise.platform.http.SignedBodies.Room;
import org.valise.protocol.error.MatrixException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class SignedBodiesTest {
    private static final long LARGE = 8L << 20;

    private final SignedBodies bodies = new SignedBodies(Duration.ofMillis(50));

    @Test
    void anAddressTakesItsShareAndNoMore() {
        Room first = bodies.take("a", LARGE);
        Room second = bodies.take("a", LARGE);
        assertThatThrownBy(() -> bodies.take("a", LARGE))
                .isInstanceOf(MatrixException.class)
                .hasMessageContaining("Too many large requests");
        bodies.take("a", SignedBodies.UNIT).close();
        bodies.take("b", LARGE).close();
        second.close();
        bodies.take("a", LARGE).close();
        first.close();
    }

    @Test
    void allOfThemTogetherHaveABound() {
        List<Room> taken = new ArrayList<>();
        for (int address = 0; address < 8; address++) {
            taken.add(bodies.take(address, LARGE));
        }
        assertThatThrownBy(() -> bodies.take("late", LARGE)).isInstanceOf(MatrixException.class);
        taken.getFirst().close();
        bodies.take("late", LARGE).close();
        taken.subList(1, 8).forEach(Room::close);
    }

    @Test
    void whoWaitsComesNext() throws Exception {
        SignedBodies patient = new SignedBodies(Duration.ofSeconds(30));
        Room first = patient.take("a", 2 * LARGE);
        CompletableFuture<Boolean> next = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    patient.take("a", LARGE).close();
                    next.complete(true);
                });
        assertThat(next.isDone()).isFalse();
        first.close();
        assertThat(next.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
