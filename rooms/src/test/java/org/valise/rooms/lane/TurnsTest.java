package org.valise.rooms.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.testing.TestDatabase;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class TurnsTest {
    private static final long ROOM = 7;

    private final TestDatabase database = TestDatabase.create();
    private final Turns here = new Turns(database.database());
    private final Turns there = new Turns(database.database());
    private final Lane laneHere = new Lane(ROOM);
    private final Lane laneThere = new Lane(ROOM);

    @AfterEach
    void close() {
        here.close();
        there.close();
        database.close();
    }

    @Test
    void nobodyWaitsForARoomThatIsNotContested() {
        here.lost(laneHere);
        try (Turns.Pass _ = here.enter(laneHere);
                Turns.Pass _ = there.enter(laneThere)) {
            assertThat(laneHere.epoch()).isEqualTo(1);
            assertThat(laneThere.epoch()).isZero();
        }
    }

    @Test
    void oneNodeWaitsUntilAllOfTheOtherHaveLeft() throws InterruptedException {
        here.lost(laneHere);
        there.lost(laneThere);
        Turns.Pass first = here.enter(laneHere);
        Turns.Pass second = here.enter(laneHere);
        assertThat(laneHere.epoch()).isEqualTo(1);

        CountDownLatch entered = new CountDownLatch(1);
        Thread waiting =
                Thread.ofVirtual()
                        .start(() -> {
                            try (Turns.Pass _ = there.enter(laneThere)) {
                                entered.countDown();
                            }
                        });
        first.close();
        assertThat(entered.await(200, TimeUnit.MILLISECONDS)).isFalse();
        second.close();
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        waiting.join();
        // What the other node wrote is to be loaded.
        assertThat(laneThere.epoch()).isEqualTo(1);
    }

    @Test
    void whoeverWritesAgainAtOnceGoesOnInTheSameTurn() {
        here.lost(laneHere);
        int writes = 1_000;
        for (int i = 0; i < writes; i++) {
            here.enter(laneHere).close();
        }
        // Not every time: this thread may be made to wait in between.
        assertThat(laneHere.epoch()).isLessThan(writes / 2);
    }

    @Test
    void whoeverLosesTheConnectionLosesTheTurnAndGoesOn() {
        here.lost(laneHere);
        there.lost(laneThere);
        Turns.Pass lost = here.enter(laneHere);
        database.database()
                .read(tx ->
                        tx.query(
                                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype ="
                                        + " 'advisory' AND objid = ?",
                                row -> true,
                                (int) ROOM));
        there.enter(laneThere).close();
        lost.close();
        here.enter(laneHere).close();
        here.enter(laneHere).close();
    }
}
