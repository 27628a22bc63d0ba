package org.valise.protocol.authrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.roomversion.RoomVersion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every authorization rule of every room version, by the fixtures in the resources of this
/// package; [AuthFixture] describes them.
final class AuthRulesFixturesTest {

    private static final List<String> FILES =
            List.of(
                    "create",
                    "auth-events",
                    "aliases",
                    "join",
                    "restricted-join",
                    "invite",
                    "third-party-invite",
                    "leave",
                    "ban",
                    "knock",
                    "any-event",
                    "power-levels",
                    "redaction");

    private static final List<AuthFixture> FIXTURES =
            FILES.stream().flatMap(AuthRulesFixturesTest::read).toList();

    private static Stream<AuthFixture> read(String file) {
        try (InputStream in = AuthRulesFixturesTest.class.getResourceAsStream(file + ".json")) {
            return AuthFixture.of((JsonArray) Json.parse(in.readAllBytes())).stream();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @TestFactory
    Stream<DynamicNode> theRules() {
        Map<String, List<AuthFixture>> bySentence =
                FIXTURES.stream()
                        .collect(
                                Collectors.groupingBy(
                                        AuthFixture::sentence,
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        return bySentence.entrySet().stream()
                .map(rule ->
                        DynamicContainer.dynamicContainer(
                                rule.getKey(),
                                rule.getValue().stream().flatMap(AuthRulesFixturesTest::tests)));
    }

    private static Stream<DynamicTest> tests(AuthFixture fixture) {
        return fixture.versions().stream()
                .map(version ->
                        DynamicTest.dynamicTest(
                                "version " + version + " " + fixture.name(),
                                () -> judges(fixture, version)));
    }

    private static void judges(AuthFixture fixture, RoomVersion version) {
        AuthResult verdict = fixture.verdict(version);
        assertThat(verdict.rule()).as("the rule of %s", verdict).isEqualTo(fixture.rule());
        assertThat(verdict.isAllowed()).as("%s", verdict).isEqualTo(fixture.isAllowed());
    }

    @TestFactory
    Stream<DynamicTest> everyRuleDecidesAFixtureInEachVersionThatHasIt() {
        return Stream.of(RoomVersion.values())
                .map(version ->
                        DynamicTest.dynamicTest(
                                "version " + version,
                                () -> {
                                    Set<AuthRule> deciding =
                                            FIXTURES.stream()
                                                    .filter(fixture ->
                                                            fixture.versions().contains(version))
                                                    .map(AuthFixture::rule)
                                                    .collect(
                                                            Collectors.toCollection(() ->
                                                                    EnumSet.noneOf(
                                                                            AuthRule.class)));
                                    assertThat(deciding).isEqualTo(RulesOfVersions.of(version));
                                }));
    }

    @Test
    void everyRuleIsTheReasonInSomeFixture() {
        assertThat(FIXTURES.stream().map(AuthFixture::rule)).contains(AuthRule.values());
    }

    @Test
    void fixturesQuoteTheSentenceOfTheirRule() {
        for (AuthFixture fixture : FIXTURES) {
            assertThat(fixture.sentence()).isEqualTo(fixture.about().sentence());
        }
    }

    @Test
    void noTwoFixturesOfARuleHaveOneName() {
        assertThat(FIXTURES)
                .extracting(fixture -> fixture.about() + fixture.name())
                .doesNotHaveDuplicates();
    }

    /// The rules read no state but what they said they need: a state that has only that gives the
    /// same verdict.
    @TestFactory
    Stream<DynamicTest> whatIsNotNeededDoesNotMatter() {
        return FIXTURES.stream()
                .filter(fixture -> !fixture.json().has("auth_events"))
                .map(fixture ->
                        DynamicTest.dynamicTest(
                                fixture.name(),
                                () -> {
                                    for (RoomVersion version : fixture.versions()) {
                                        assertThat(fixture.verdictByNeeds(version))
                                                .isEqualTo(fixture.verdict(version));
                                    }
                                }));
    }
}
