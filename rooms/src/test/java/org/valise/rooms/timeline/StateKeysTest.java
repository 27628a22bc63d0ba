package org.valise.rooms.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.TestNode;
import org.valise.testing.TestDatabase;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class StateKeysTest {
    private static TestDatabase database;

    @BeforeAll
    static void open() {
        database = TestDatabase.create(TestNode.MIGRATIONS);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static StateKeys node() {
        return new StateKeys(database.database());
    }

    private static List<StateKey> members(String prefix) {
        return IntStream.range(0, 50)
                .mapToObj(i -> new StateKey("m.room.member", "@" + prefix + i + ":elsewhere.org"))
                .toList();
    }

    private static long[] values(Map<StateKey, Long> numbers) {
        return numbers.values().stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    void numbersManyAndThenKnowsThem() {
        StateKeys keys = node();
        List<StateKey> members = members("many");
        keys.numbers(members.subList(0, 20));
        Map<StateKey, Long> all = keys.numbers(members);
        assertThat(new HashSet<>(all.values())).hasSize(50).allMatch(number -> number % 2 == 1);
        assertThat(node().numbers(members)).isEqualTo(all);

        long before = database.database().statements();
        assertThat(keys.numbers(members)).isEqualTo(all);
        assertThat(keys.names(values(all))).containsValues(members.toArray(StateKey[]::new));
        assertThat(database.database().statements()).isEqualTo(before);
    }

    @Test
    void keepsNoneInMemoryInPassing() {
        StateKeys keys = node();
        List<StateKey> members = members("passing");
        Map<StateKey, Long> all = keys.numbersInPassing(members);
        assertThat(all).hasSize(50).isEqualTo(node().numbers(members));
        assertThat(keys.namesInPassing(values(all))).hasSize(50);

        long before = database.database().statements();
        assertThat(keys.numbersInPassing(members)).isEqualTo(all);
        assertThat(keys.namesInPassing(values(all))).hasSize(50);
        assertThat(database.database().statements() - before).isEqualTo(2);
    }

    @Test
    void hasNoneForWhatCannotBeStored() {
        assertThat(node().find(new StateKey("m.room.name", "\0"))).isEmpty();
    }
}
