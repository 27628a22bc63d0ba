package org.valise.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HexFormat;

final class JsonParserTest {
    private static byte[] inString(String hex) {
        byte[] inner = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] json = new byte[inner.length + 2];
        json[0] = '"';
        System.arraycopy(inner, 0, json, 1, inner.length);
        json[json.length - 1] = '"';
        return json;
    }

    private static String string(String json) {
        return ((JsonString) Json.parse(json)).value();
    }

    @Test
    void readsEveryKindOfValue() {
        JsonObject object =
                Json.parseObject(
                        " {\"a\" : [ 1 , -2, true, false,null , \"x\" , {} , [] ] ,\n"
                                + "\t\"b\":1.5}\r\n");
        assertThat(object.array("a").orElseThrow())
                .isEqualTo(
                        JsonArray.of(
                                1, -2, true, false, null, "x", JsonObject.of(), JsonArray.of()));
        assertThat(object.get("b")).isEqualTo(JsonNumber.ofText("1.5"));
        assertThat(object).hasToString("{\"a\":[1,-2,true,false,null,\"x\",{},[]],\"b\":1.5}");
    }

    @Test
    void refusesDuplicateKeys() {
        assertThatThrownBy(() -> Json.parse("{\"a\":1,\"b\":2,\"a\":1}"))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> Json.parse("[{\"\\u0061\":1,\"a\":2}]"))
                .hasMessage("a key stands twice in the object at byte 1");
    }

    @Test
    void refusesDuplicateKeysInLargeObjects() {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 1000; i++) {
            json.append("\"k").append(i * 7 % 1000).append("\":0,");
        }
        Json.parse(json + "\"last\":1}");
        assertThatThrownBy(() -> Json.parse(json + "\"k500\":1}")).hasMessageContaining("twice");
    }

    @Test
    void keepsIntegersOf64Bits() {
        assertThat(Json.parse("9223372036854775807")).isEqualTo(JsonNumber.of(Long.MAX_VALUE));
        assertThat(Json.parse("-9223372036854775808")).isEqualTo(JsonNumber.of(Long.MIN_VALUE));
        assertThat(Json.write(JsonNumber.of(Long.MIN_VALUE)))
                .asString()
                .isEqualTo("-9223372036854775808");
        assertThat(Json.parse("999999999999999999")).isEqualTo(JsonNumber.of(999999999999999999L));
        assertThat(Json.parse("0")).isEqualTo(JsonNumber.of(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0",
                "1.0",
                "1e3",
                "1E+3",
                "-1.5e-10",
                "9223372036854775808",
                "-9223372036854775809"
            })
    void keepsOtherNumbersAsTheyAreWritten(String text) {
        JsonNumber number = (JsonNumber) Json.parse(text);
        assertThat(number.isInteger()).isFalse();
        assertThat(number.text()).isEqualTo(text);
        assertThat(number.doubleValue()).isEqualTo(Double.parseDouble(text));
        assertThat(Json.write(number)).asString().isEqualTo(text);
        assertThatThrownBy(number::longValue).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "\"",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,",
                "{\"a\":1,}",
                "[1,",
                "[1,]",
                "[,]",
                "{,}",
                "{a:1}",
                "{'a':1}",
                "{1:2}",
                "{\"a\" 1}",
                "[1 2]",
                "tru",
                "truex",
                "nul",
                "True",
                "NaN",
                "Infinity",
                "-",
                "+1",
                "01",
                "-01",
                "00",
                "1.",
                ".5",
                "1e",
                "1e+",
                "1.e3",
                "0x10",
                "1_000",
                "--1",
                "1 2",
                "{} {}",
                "[]]",
                "// x\n1",
                "/* x */1",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12G4\"",
                "\"\\",
                "\"\\u",
                "\uFEFF{}",
                "undefined"
            })
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void refusesControlCharactersInStrings() {
        for (char c = 0; c < 0x20; c++) {
            String json = "\"a" + c + "\"";
            String afterEscape = "\"\\n" + c + "\"";
            String afterOthers = "\"é" + c + "\"";
            assertThatThrownBy(() -> Json.parse(json)).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> Json.parse(afterEscape)).isInstanceOf(JsonException.class);
            assertThatThrownBy(() -> Json.parse(afterOthers)).isInstanceOf(JsonException.class);
        }
        assertThat(string("\"\u007f\"")).isEqualTo("\u007f");
    }

    @Test
    void readsEscapes() {
        assertThat(string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00x\""))
                .isEqualTo("\"\\/\b\f\n\r\té😀x");
        assertThat(string("\"é😀\\u0000é😀日\"")).isEqualTo("é😀\0é😀日");
        assertThat(string("\"" + "é".repeat(500) + "\\n\"")).isEqualTo("é".repeat(500) + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\ud800",
                "\\ud800x",
                "\\ud800\\n",
                "\\ud800\\ud800",
                "\\udc00",
                "\\udc00\\ud800",
                "\\ud83d\\u0041",
                "\\uD800\\u"
            })
    void refusesEscapesOfLoneSurrogates(String escape) {
        assertThatThrownBy(() -> Json.parse("\"" + escape + "\""))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("{\"" + escape + "\":1}"))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void refusesLoneSurrogatesInText() {
        assertThatThrownBy(() -> Json.parse("\"\ud800\"")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> Json.parse("\"\udc00\ud800\"")).hasMessageContaining("surrogate");
        assertThat(string("\"\ud83d\ude00\"")).isEqualTo("😀");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "bf",
                "c2",
                "c3 28", // alone, cut short, not continued
                "c0 80",
                "c0 af",
                "c1 bf",
                "e0 80 af",
                "e0 9f bf",
                "f0 80 80 af",
                "f0 8f bf bf", // overlong
                "ed a0 80",
                "ed af bf",
                "ed b0 80",
                "ed a0 bd ed b8 80", // surrogates
                "f4 90 80 80",
                "f5 80 80 80",
                "f8 88 80 80 80",
                "fe",
                "ff", // beyond U+10FFFF
                "e2 82",
                "e2 28 a1",
                "f0 9f 98",
                "f0 28 8c bc",
                "f0 90 28 bc",
                "f0 28 8c 28"
            })
    void refusesWhatIsNotUtf8(String hex) {
        assertThatThrownBy(() -> Json.parse(inString(hex))).hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> Json.parse(inString("5c 6e" + hex)))
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void readsTheBoundsOfUtf8() {
        String bounds =
                "\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff"
                        + Character.toString(0x10000)
                        + Character.toString(0x10FFFF);
        assertThat(string("\"" + bounds + "\"")).isEqualTo(bounds);
        assertThat(string("\"\\n" + bounds + "\"")).isEqualTo("\n" + bounds);
    }

    @Test
    void refusesNestingBeyondTheLimit() {
        int limit = Json.MAX_DEPTH;
        Json.parse("[".repeat(limit) + "]".repeat(limit));
        Json.parse("{\"a\":".repeat(limit) + "1" + "}".repeat(limit));
        assertThatThrownBy(() -> Json.parse("[".repeat(limit + 1) + "]".repeat(limit + 1)))
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> Json.parse("[".repeat(1_000_000))).hasMessageContaining("nested");
        assertThatThrownBy(() -> Json.parse("{\"a\":".repeat(1_000_000)))
                .hasMessageContaining("nested");
        // Beside each other they are no nesting.
        Json.parse("[" + "[],".repeat(5000) + "[]]");
    }

    @Test
    void whatTheLimitAllowsCanBeWalkedOnASmallStack() throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        int limit = Json.MAX_DEPTH;
        byte[] json = ("{\"a\":[".repeat(limit / 2) + "1" + "]}".repeat(limit / 2)).getBytes(UTF_8);
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            JsonObject one = Json.parseObject(json);
                            JsonObject two = Json.parseObject(json);
                            assertThat(one.equals(two)).isTrue();
                            assertThat(one.hashCode()).isEqualTo(two.hashCode());
                            assertThat(CanonicalJson.encode(one)).isEqualTo(json);
                        },
                        "small",
                        512 * 1024);
        thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
        thread.start();
        thread.join();
        assertThat(thrown[0]).isNull();
    }

    /// SECURITY: each takes many times the memory of its few bytes.
    @Test
    void refusesALongTextThatIsNothingButSmallValues() {
        assertThat(Json.parse("[" + "\"\",".repeat(20_000) + "0]")).isInstanceOf(JsonArray.class);
        String many = "[" + "\"\",".repeat(1_000_000) + "0]";
        assertThatThrownBy(() -> Json.parse(many))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("too many values");
        String ids = "[" + "\"$AAAAAAAA\",".repeat(200_000) + "0]";
        assertThat(Json.parse(ids)).isInstanceOf(JsonArray.class);
    }

    @Test
    void refusesEndlessNumbers() {
        Json.parse("1".repeat(Json.MAX_NUMBER_LENGTH));
        assertThatThrownBy(() -> Json.parse("1".repeat(Json.MAX_NUMBER_LENGTH + 1)))
                .hasMessageContaining("too long");
    }

    @Test
    void saysWhereItStopped() {
        assertThatThrownBy(() -> Json.parse("{\"a\":x}"))
                .isInstanceOfSatisfying(
                        JsonException.class, e -> assertThat(e.position()).isEqualTo(5))
                .hasMessageContaining("byte 5");
    }

    @Test
    void refusesAnythingButAnObjectWhereOneIsWanted() {
        assertThatThrownBy(() -> Json.parseObject("[]".getBytes(UTF_8)))
                .hasMessageContaining("not an object");
    }

    @Test
    void parsesAPartOfAnArray() {
        byte[] bytes = "xx{\"a\":1}yy".getBytes(UTF_8);
        assertThat(Json.parseObject(bytes, 2, 9)).isEqualTo(JsonObject.of("a", 1));
        assertThatThrownBy(() -> Json.parse(bytes, 2, 8)).isInstanceOf(JsonException.class);
    }
}
