package org.valise.protocol.pushrules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.Random;

final class GlobTest {
    private static boolean whole(String pattern, String text) {
        return Glob.of(pattern).matches(FoldedText.of(text));
    }

    private static boolean words(String pattern, String text) {
        return Glob.of(pattern).matchesWords(FoldedText.of(text));
    }

    @ParameterizedTest
    @CsvSource({
        "lunc?*, Lunch plans, true",
        "lunc?*, LUNCH, true",
        "lunc?*, ' lunch', false",
        "lunc?*, lunc, false",
        "*, '', true",
        "**, '', true",
        "?, '', false",
        "?, x, true",
        "a*b*c, aXbXc, true",
        "a*b*c, abcb, false",
        "m.room.*, m.room.message, true",
        "*.message, m.room.message, true",
        "'', '', true",
        "'', x, false",
        "a.c, abc, false",
        "[a], a, false",
        "é*, École, true"
    })
    void matchesTheEntireValue(String pattern, String text, boolean expected) {
        assertThat(whole(pattern, text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "ex*ple, An example event., true",
        "ex*ple, exple, true",
        "ex*ple, An exciting triple-whammy, true",
        "ex*ple, examples, false",
        "cake, I like CAKE, true",
        "cake, cakes, false",
        "cake, pan_cake, false",
        "cake, pan-cake!, true",
        "cake, cakecake cake, true",
        "cak?, cake, true",
        "@room, hello @room!, true",
        "@room, 'hello@room', false",
        "*, '', true",
        "*, anything, true",
        "foo*, a foobar, true",
        "*bar, a foobar, true",
        "'', '', true",
        "'', ab, false",
        "caf, café, true"
    })
    void matchesWordsOfTheValue(String pattern, String text, boolean expected) {
        assertThat(words(pattern, text)).isEqualTo(expected);
    }

    @Test
    void oneWildcardIsOneCharacterAlsoBeyondTheBasicPlane() {
        assertThat(whole("a?b", "a😀b")).isTrue();
        assertThat(whole("a??b", "a😀b")).isFalse();
        assertThat(words("x ?", "x 😀")).isTrue();
    }

    @Test
    void wordBoundariesAreThoseOfTheTextAsSent() {
        // The Kelvin sign folds to "k", but is none of the letters that make a word.
        assertThat(words("ey", "\u212Aey")).isTrue();
        assertThat(words("key", "\u212Aey")).isTrue();
    }

    @Test
    void literalsHaveNoWildcards() {
        assertThat(Glob.literal("a*").matchesWords(FoldedText.of("a*"))).isTrue();
        assertThat(Glob.literal("a*").matchesWords(FoldedText.of("ab"))).isFalse();
        String longName = "*".repeat(60);
        assertThat(Glob.literal(longName).matchesWords(FoldedText.of("x " + longName + " y")))
                .isTrue();
        assertThat(Glob.literal(longName).matchesWords(FoldedText.of("x y"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 64, 65, 127, 128, 129, 1000})
    void patternsOfEveryLengthMatch(int length) {
        String letters = "ab".repeat(length).substring(0, length);
        String pattern = letters.substring(0, length - 1) + "?";
        assertThat(whole(pattern, letters)).isTrue();
        assertThat(whole(pattern, letters + "x")).isFalse();
        assertThat(whole(pattern + "*", letters + "xyz")).isTrue();
        assertThat(words(pattern, "x " + letters + " y")).isTrue();
        assertThat(words(pattern, "x" + letters + " y")).isFalse();
        assertThat(words(letters, "x " + letters)).isTrue();
        assertThat(words(letters, "x " + letters + "y")).isFalse();
    }

    @Test
    void agreesWithTheObviousMatcher() {
        for (long seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            for (int i = 0; i < 2_000; i++) {
                String pattern = text(random, "abA*?- ", random.nextInt(9));
                String value = text(random, "abB-_ ", random.nextInt(12));
                FoldedText folded = FoldedText.of(value);
                String what = "seed " + seed + ": '" + pattern + "' on '" + value + "'";
                assertThat(Glob.of(pattern).matches(folded))
                        .as(what)
                        .isEqualTo(NaiveRules.matches(pattern, value));
                assertThat(Glob.of(pattern).matchesWords(folded))
                        .as(what + " (words)")
                        .isEqualTo(NaiveRules.matchesWords(pattern, value));
                assertThat(Glob.literal(pattern).matchesWords(folded))
                        .as(what + " (literal)")
                        .isEqualTo(NaiveRules.literalMatchesWords(pattern, value));
            }
        }
    }

    @Test
    void longPatternsAgreeWithTheObviousMatcher() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            String pattern = text(random, "aaaaaab?*", 55 + random.nextInt(90));
            String value =
                    "- " + pattern.replace("*", text(random, "ab", 3)).replace('?', 'b') + " -";
            if (random.nextBoolean()) {
                value = value.substring(2, value.length() - 2);
            }
            FoldedText folded = FoldedText.of(value);
            assertThat(Glob.of(pattern).matches(folded))
                    .isEqualTo(NaiveRules.matches(pattern, value));
            assertThat(Glob.of(pattern).matchesWords(folded))
                    .isEqualTo(NaiveRules.matchesWords(pattern, value));
        }
    }

    @Test
    void takesLinearTimeWhateverStrangersWrite() {
        FoldedText body = FoldedText.of("a".repeat(65_000));
        FoldedText words = FoldedText.of("a ".repeat(32_000));
        String[] patterns = {
            "*a".repeat(500) + "b",
            "?".repeat(1000) + "b",
            "a".repeat(1023) + "b",
            "a?".repeat(511) + "b",
            "*?".repeat(500) + "b",
            "a ".repeat(500) + "b"
        };
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> {
                    for (int round = 0; round < 10; round++) {
                        for (String pattern : patterns) {
                            Glob glob = Glob.of(pattern);
                            assertThat(glob.matches(body)).isFalse();
                            assertThat(glob.matchesWords(body)).isFalse();
                            assertThat(glob.matchesWords(words)).isFalse();
                        }
                    }
                });
    }

    private static String text(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
