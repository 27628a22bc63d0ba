package org.valise.protocol.stateresolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Well-known forks with the state that the specification makes of them. The files and their format
/// are in the resources beside this class.
class StateResolutionFixturesTest {
    private static final List<String> FIXTURES =
            List.of(
                    "accepted-auth-event",
                    "additional-creator",
                    "author-has-left",
                    "ban-against-promotion",
                    "ban-against-topic",
                    "demotion-against-promotion",
                    "join-against-join-rules",
                    "kick-against-own-leave-and-return",
                    "mainline",
                    "raised-level-against-topic",
                    "rejected-auth-event",
                    "rejected-candidate",
                    "skipped-power-levels",
                    "stops-at-the-first-refused",
                    "topic-race");

    @TestFactory
    Stream<DynamicTest> resolvesWellKnownForks() {
        return FIXTURES.stream().flatMap(StateResolutionFixturesTest::testsOf);
    }

    private static Stream<DynamicTest> testsOf(String name) {
        JsonObject fixture = Fixture.read(name);
        String situation = fixture.string("situation").orElseThrow();
        return Arrays.stream(RoomVersion.values())
                .flatMap(version ->
                        Fixture.expectation(fixture, version).stream()
                                .map(expected ->
                                        dynamicTest(
                                                "%s (room version %s)"
                                                        .formatted(situation, version),
                                                () ->
                                                        check(
                                                                Fixture.of(fixture, version),
                                                                expected))));
    }

    private static void check(Fixture fixture, List<String> expectedNames) {
        Map<StateKey, EventId> expected = fixture.state(expectedNames);
        List<Map<StateKey, EventId>> states = fixture.states();
        Resolving resolving = new Resolving(fixture.room());
        List<Map<StateKey, EventId>> results =
                List.of(
                        fixture.room().oracle.resolve(states),
                        resolving.wholeStates(states),
                        resolving.difference(states));
        for (Map<StateKey, EventId> result : results) {
            assertThat(fixture.names(result))
                    .as("oracle, whole states and fast form, of %s", states)
                    .containsExactlyElementsOf(fixture.names(expected));
            assertThat(result).isEqualTo(expected);
        }
    }
}
