package org.valise.protocol.stateresolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.valise.protocol.event.StateKey;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// The walks over numbers, against recursion over sets.
class AuthGraphTest {
    @Test
    void findsTheAuthDifferenceOfManyStateSets() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            AuthGraph graph = randomGraph(random, 40);
            List<int[]> states =
                    IntStream.range(0, 1 + random.nextInt(150))
                            .mapToObj(i -> some(random, 40, 4))
                            .toList();
            int[] common = some(random, 40, 3);

            assertThat(numbers(graph.authDifference(states, state(common))))
                    .as("seed %d", seed)
                    .isEqualTo(naiveDifference(graph, states, common));
        }
    }

    @Test
    void findsWhatIsBetweenEvents() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            AuthGraph graph = randomGraph(random, 30);
            int[] ends = some(random, 30, 5);
            BitSet events = new BitSet();
            Arrays.stream(ends).forEach(events::set);

            Set<Integer> expected = new HashSet<>();
            for (int from : ends) {
                expected.add(from);
                for (int to : ends) {
                    for (int between : chain(graph, from)) {
                        if (chain(graph, between).contains(to)) {
                            expected.add(between);
                        }
                    }
                }
            }
            assertThat(numbers(graph.between(events))).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void nothingIsBetweenNoEvents() {
        assertThat(randomGraph(new Random(1), 5).between(new BitSet()).isEmpty()).isTrue();
    }

    @Test
    void knowsThePowerLevelsAndTheCreateEventWithoutLoadingThem() {
        AuthGraph graph = new AuthGraph();
        int create = graph.add(AuthGraph.Kind.CREATE);
        int member = graph.add(AuthGraph.Kind.OTHER, create);
        int levels = graph.add(AuthGraph.Kind.POWER_LEVELS, create, member);
        int topic = graph.add(AuthGraph.Kind.OTHER, create, member, levels);

        assertThat(graph.create()).isEqualTo(create);
        assertThat(graph.powerLevels(topic)).isEqualTo(levels);
        assertThat(graph.powerLevels(member)).isEqualTo(AuthGraph.NONE);
        assertThat(graph.authEvents(topic)).containsExactly(create, member, levels);
    }

    @Test
    void onlyThePowerLevelsWithAnEmptyStateKeyCount() {
        assertThat(AuthGraph.Kind.of("m.room.power_levels", ""))
                .isEqualTo(AuthGraph.Kind.POWER_LEVELS);
        assertThat(AuthGraph.Kind.of("m.room.power_levels", "x")).isEqualTo(AuthGraph.Kind.OTHER);
        assertThat(AuthGraph.Kind.of("m.room.power_levels", null)).isEqualTo(AuthGraph.Kind.OTHER);
        assertThat(AuthGraph.Kind.of("m.room.create", "")).isEqualTo(AuthGraph.Kind.CREATE);
    }

    @Test
    void refusesAnAuthEventWithoutANumber() {
        AuthGraph graph = new AuthGraph();
        assertThatThrownBy(() -> graph.add(AuthGraph.Kind.OTHER, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> graph.add(AuthGraph.Kind.OTHER, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Set<Integer> naiveDifference(AuthGraph graph, List<int[]> states, int[] common) {
        Set<Integer> union = new HashSet<>();
        Set<Integer> intersection = null;
        for (int[] state : states) {
            Set<Integer> chain = new HashSet<>();
            IntStream.concat(Arrays.stream(state), Arrays.stream(common))
                    .forEach(event -> chain.addAll(chain(graph, event)));
            union.addAll(chain);
            if (intersection == null) {
                intersection = new HashSet<>(chain);
            }
            intersection.retainAll(chain);
        }
        union.removeAll(intersection);
        return union;
    }

    private static Set<Integer> chain(AuthGraph graph, int event) {
        Set<Integer> chain = new HashSet<>();
        for (int cited : graph.authEvents(event)) {
            if (chain.add(cited)) {
                chain.addAll(chain(graph, cited));
            }
        }
        return chain;
    }

    private static AuthGraph randomGraph(Random random, int size) {
        AuthGraph graph = new AuthGraph(1);
        for (int event = 0; event < size; event++) {
            graph.add(AuthGraph.Kind.OTHER, event == 0 ? new int[0] : some(random, event, 3));
        }
        return graph;
    }

    private static int[] some(Random random, int below, int atMost) {
        return IntStream.range(0, random.nextInt(atMost + 1))
                .map(i -> random.nextInt(below))
                .distinct()
                .toArray();
    }

    private static Set<Integer> numbers(BitSet events) {
        Set<Integer> numbers = new HashSet<>();
        events.stream().forEach(numbers::add);
        return numbers;
    }

    private static UnconflictedState state(int... events) {
        return new UnconflictedState() {
            @Override
            public int event(StateKey key) {
                throw new AssertionError("no walk asks for a key");
            }

            @Override
            public void forEach(IntConsumer each) {
                Arrays.stream(events).forEach(each);
            }
        };
    }
}
