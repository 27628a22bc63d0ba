package org.valise.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Spec: Appendices, "Canonical JSON", "Examples".
final class CanonicalJsonTest {
    private static String canonical(String json) {
        return new String(CanonicalJson.encode(Json.parseObject(json)), UTF_8);
    }

    private static String loose(String json) {
        return new String(CanonicalJson.encodeLoose(Json.parseObject(json)), UTF_8);
    }

    private static void assertEncodes(String json, String expected) {
        assertThat(canonical(json)).isEqualTo(expected);
        assertThat(loose(json)).isEqualTo(expected);
    }

    @Test
    void encodesTheExamplesOfTheSpecification() {
        assertEncodes("{}", "{}");
        assertEncodes("{ \"one\": 1, \"two\": \"Two\" }", "{\"one\":1,\"two\":\"Two\"}");
        assertEncodes("{ \"b\": \"2\", \"a\": \"1\" }", "{\"a\":\"1\",\"b\":\"2\"}");
        assertEncodes("{\"b\":\"2\",\"a\":\"1\"}", "{\"a\":\"1\",\"b\":\"2\"}");
        assertEncodes(
                """
                {
                    "auth": {
                        "success": true,
                        "mxid": "@john.doe:example.com",
                        "profile": {
                            "display_name": "John Doe",
                            "three_pids": [
                                {
                                    "medium": "email",
                                    "address": "john.doe@example.org"
                                },
                                {
                                    "medium": "msisdn",
                                    "address": "123456789"
                                }
                            ]
                        }
                    }
                }
                """,
                "{\"auth\":{\"mxid\":\"@john.doe:example.com\",\"profile\":{\"display_name\":\"John"
                    + " Doe\",\"three_pids\":[{\"address\":\"john.doe@example.org\",\"medium\":\"email\"},{\"address\":\"123456789\",\"medium\":\"msisdn\"}]},\"success\":true}}");
        assertEncodes("{ \"a\": \"日本語\" }", "{\"a\":\"日本語\"}");
        assertEncodes("{ \"本\": 2, \"日\": 1 }", "{\"日\":1,\"本\":2}");
        assertEncodes("{ \"a\": \"\\u65E5\" }", "{\"a\":\"日\"}");
        assertEncodes("{ \"a\": null }", "{\"a\":null}");
    }

    @Test
    void looselyEncodesTheExampleWithNumbersOutsideTheRules() {
        assertThat(loose("{ \"a\": -0, \"b\": 1e10 }")).isEqualTo("{\"a\":0,\"b\":10000000000}");
    }

    @Test
    void ordersKeysByCodePointAndNotByUtf16Unit() {
        // U+FF00 stands before U+1F600, whose first unit is U+D83D.
        assertEncodes("{\"😀\":1,\"\uff00\":2,\"z\":3}", "{\"z\":3,\"\uff00\":2,\"😀\":1}");
        assertEncodes("{\"ab\":1,\"a\":2,\"\":3,\"B\":4}", "{\"\":3,\"B\":4,\"a\":2,\"ab\":1}");
    }

    @Test
    void ordersTheKeysOfLargeObjects() {
        StringBuilder json = new StringBuilder("{");
        StringBuilder expected = new StringBuilder("{");
        for (int i = 0; i < 100; i++) {
            json.append(i == 0 ? "" : ",").append("\"k").append(100 + i * 37 % 100).append("\":0");
            expected.append(i == 0 ? "" : ",").append("\"k").append(100 + i).append("\":0");
        }
        assertEncodes(json + "}", expected + "}");
    }

    @Test
    void escapesAsLittleAsPossible() {
        String controls = "";
        for (char c = 0; c < 0x20; c++) {
            controls += c;
        }
        JsonObject object = JsonObject.of("k", controls + "\"\\/\u007f\u2028é");
        assertThat(new String(CanonicalJson.encode(object), UTF_8))
                .isEqualTo(
                        "{\"k\":\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f"
                            + "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f"
                            + "\\\"\\\\/\u007f\u2028é\"}");
    }

    @Test
    void allowsIntegersUpTo2To53() {
        assertEncodes(
                "{\"a\":9007199254740991,\"b\":-9007199254740991}",
                "{\"a\":9007199254740991,\"b\":-9007199254740991}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740992",
                "-9007199254740992",
                "9223372036854775807",
                "-9223372036854775808",
                "123456789012345678901234567890",
                "1.0",
                "1.5",
                "1e3",
                "1E3",
                "0.0",
                "-0",
                "-0.0"
            })
    void refusesNumbersOutsideTheRulesWhenStrict(String number) {
        assertThatThrownBy(() -> canonical("{\"a\":[{\"b\":" + number + "}]}"))
                .isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "9007199254740992,9007199254740992",
        "123456789012345678901234567890,123456789012345678901234567890",
        "-9223372036854775808,-9223372036854775808",
        "50.57,50.57",
        "10000000000.0,10000000000.0",
        "1e+16,1e+16",
        "1e-05,1e-05",
        "1.5e3,1.5e3",
        "-0.0,-0.0",
        "-0,0",
        "0e9,0",
        "-12E2,-1200",
        "1e99,1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "1e999999999,1e999999999"
    })
    void keepsTheNumbersOfOldRoomsAsTheirServersHashedThem(String number, String expected) {
        assertThat(loose("{\"a\":" + number + "}")).isEqualTo("{\"a\":" + expected + "}");
    }

    @Test
    void refusesLoneSurrogates() {
        assertThatThrownBy(() -> CanonicalJson.encode(JsonObject.of("a", "\ud800")))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> CanonicalJson.encodeLoose(JsonObject.of("\udc00", 1)))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.write(JsonObject.of("a", "x\ud800\ud800")))
                .isInstanceOf(JsonException.class);
    }
}
