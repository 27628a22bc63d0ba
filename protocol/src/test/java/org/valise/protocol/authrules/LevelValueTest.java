package org.valise.protocol.authrules;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.Json;
import org.valise.protocol.roomversion.RoomVersion;

/// How each room version reads a power level.
final class LevelValueTest {

    @ParameterizedTest
    @EnumSource
    void readsIntegersInEveryVersion(RoomVersion version) {
        assertThat(level(version, "50")).isEqualTo(50);
        assertThat(level(version, "-9007199254740991")).isEqualTo(-9007199254740991L);
    }

    @ParameterizedTest
    @EnumSource
    void takesNothingElseForALevel(RoomVersion version) {
        for (String json : new String[] {"null", "true", "false", "[]", "[50]", "{}", "\"\""}) {
            assertThat(level(version, json)).as(json).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`\"100\"`, 100",
                "`\"000100\"`, 100",
                "`\"+100\"`, 100",
                "`\"-100\"`, -100",
                "`\"-0\"`, 0",
                "`\" 100 \"`, 100",
                "`\" 00100 \"`, 100",
                "`\" +100 \"`, 100",
                "`\" -100 \"`, -100",
                "`\"\\t\\n 100\\u00a0\\u2003\\u3000\"`, 100",
            })
    void readsIntegersInStringsUntilVersion9(String json, long level) {
        for (RoomVersion version : RoomVersion.values()) {
            assertThat(level(version, json))
                    .as("version %s", version)
                    .isEqualTo(version.compareTo(RoomVersion.V10) < 0 ? level : null);
        }
    }

    @Test
    void trimsEveryWhiteSpaceOfUnicodeAndNothingElse() {
        String whitespace =
                "\u0020\u0085\u00a0\u1680\u2000\u2005\u200a\u2028\u2029\u202f\u205f\u3000";
        for (char c : whitespace.toCharArray()) {
            assertThat(level(RoomVersion.V9, '"' + (c + "7" + c) + '"'))
                    .as("%x", (int) c)
                    .isEqualTo(7);
        }
        for (char c : "\u0084\u00a1\u1fff\u200b\u2027\u2030\u2060\ufeff".toCharArray()) {
            assertThat(level(RoomVersion.V9, '"' + (c + "7") + '"')).as("%x", (int) c).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0",
                "1e3",
                "0x10",
                "1_000",
                "+-1",
                "--1",
                "- 1",
                "+",
                "-",
                " ",
                "1 0",
                "\u0661",
                "\uff11",
                "Infinity",
                "1\u200b"
            })
    void readsNoOtherStrings(String text) {
        for (RoomVersion version : RoomVersion.values()) {
            assertThat(level(version, '"' + text + '"')).as("version %s", version).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "50.57, 50",
        "-50.57, -50",
        "0.999, 0",
        "-0.999, 0",
        "-0, 0",
        "5.114698E4, 51146",
        "1e3, 1000",
        "1e-400, 0"
    })
    void cutsFloatsOffAtThePointUntilVersion5(String json, long level) {
        for (RoomVersion version : RoomVersion.values()) {
            assertThat(level(version, json))
                    .as("version %s", version)
                    .isEqualTo(version.compareTo(RoomVersion.V6) < 0 ? level : null);
        }
    }

    @Test
    void refusesWhatADoubleCannotHold() {
        assertThat(level(RoomVersion.V1, "1e400")).isNull();
        assertThat(level(RoomVersion.V1, "-1e999999999")).isNull();
        assertThat(level(RoomVersion.V1, "9".repeat(400))).isNull();
    }

    @Test
    void takesLevelsBeyond64BitsForTheNearestThatIsNot() {
        assertThat(level(RoomVersion.V1, "1e300")).isEqualTo(Long.MAX_VALUE);
        assertThat(level(RoomVersion.V1, "-1e300")).isEqualTo(Long.MIN_VALUE);
        assertThat(level(RoomVersion.V1, "9223372036854775808")).isEqualTo(Long.MAX_VALUE);
        assertThat(level(RoomVersion.V9, "\"9223372036854775807\"")).isEqualTo(Long.MAX_VALUE);
        assertThat(level(RoomVersion.V9, "\"9223372036854775808\"")).isEqualTo(Long.MAX_VALUE);
        assertThat(level(RoomVersion.V9, "\"-9223372036854775808\"")).isEqualTo(Long.MIN_VALUE);
        assertThat(level(RoomVersion.V9, "\"-9223372036854775809\"")).isEqualTo(Long.MIN_VALUE);
        assertThat(level(RoomVersion.V9, "\"9223372036854775806\"")).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(level(RoomVersion.V9, '"' + "9".repeat(10_000) + '"')).isEqualTo(Long.MAX_VALUE);
    }

    private static @Nullable Long level(RoomVersion version, String json) {
        return LevelValue.parse(version, Json.parse(json));
    }
}
