package org.valise.platform.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.testing.TestDatabase;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The small order of what is not kept, on real PostgreSQL.
final class EphemeralOrderTest {
    private static final Duration KEEP = Duration.ofMinutes(1);
    private final TestDatabase database =
            TestDatabase.create(List.of("org/valise/platform/migration"));
    private final List<EphemeralOrder> nodes = new ArrayList<>();
    private final List<EphemeralEntry> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(EphemeralOrder::close);
        database.close();
    }

    private EphemeralOrder node(List<EphemeralEntry> told) {
        EphemeralOrder node = new EphemeralOrder(database.database());
        node.follow("kind", (entries, position) -> told.addAll(entries));
        node.start();
        nodes.add(node);
        return node;
    }

    private static List<String> values(List<EphemeralEntry> entries) {
        return entries.stream().map(EphemeralEntry::value).toList();
    }

    @Test
    void tellsTheNodeThatWroteInOrderBeforeItReturns() {
        EphemeralOrder node = node(heard);
        for (int i = 0; i < 20; i++) {
            long before = node.applied();
            node.putNow("kind", "key" + i % 3, "value" + i, KEEP);
            assertThat(heard).hasSize(i + 1);
            assertThat(node.applied()).isGreaterThan(before);
        }
        assertThat(heard.stream().map(EphemeralEntry::position).toList()).isSorted();
        assertThat(heard.getLast().position()).isEqualTo(node.applied());
    }

    @Test
    void anotherNodeReadsTheNewestOfEachKeyInTheSameOrder() {
        EphemeralOrder one = node(heard);
        one.putNow("kind", "a", "1", KEEP);
        one.putNow("kind", "b", "2", KEEP);
        one.putNow("kind", "a", "3", KEEP);
        List<EphemeralEntry> late = new CopyOnWriteArrayList<>();
        EphemeralOrder other = node(late);
        assertThat(values(late)).containsExactly("2", "3");
        assertThat(other.applied()).isEqualTo(one.applied());
        other.putNow("kind", "c", "4", KEEP);
        one.catchUp();
        assertThat(values(heard)).containsExactly("1", "2", "3", "4");
        assertThat(heard.getLast()).isEqualTo(late.getLast());
    }

    @Test
    void goesOnAboveWhatWasGivenWhenTheTableIsLost() {
        EphemeralOrder node = node(heard);
        node.putNow("kind", "a", "1", KEEP);
        long before = node.applied();
        // What a crash of the database does to a table that is not logged.
        database.database().run(tx -> tx.script("TRUNCATE stream.ephemeral"));
        node.putNow("kind", "a", "2", KEEP);
        assertThat(node.applied()).isGreaterThan(before);
        assertThat(values(heard)).containsExactly("1", "2");
    }

    @Test
    void wakesWhenThePositionIsSeen() {
        EphemeralOrder node = node(heard);
        List<Long> woken = new CopyOnWriteArrayList<>();
        node.whenApplied(position -> {
            assertThat(node.applied()).isEqualTo(position);
            woken.add(position);
        });
        node.putNow("kind", "a", "1", KEEP);
        assertThat(woken).containsExactly(node.applied());
    }

    @Test
    void aFollowerThatFailsHoldsNothingUp() {
        EphemeralOrder node = new EphemeralOrder(database.database());
        nodes.add(node);
        node.follow(
                "bad",
                (entries, position) -> {
                    throw new IllegalStateException("meant to fail");
                });
        node.follow("kind", (entries, position) -> heard.addAll(entries));
        node.start();
        node.putNow("bad", "a", "1", KEEP);
        node.putNow("unknown", "a", "1", KEEP);
        node.putNow("kind", "a", "2", KEEP);
        assertThat(values(heard)).containsExactly("2");
    }
}
