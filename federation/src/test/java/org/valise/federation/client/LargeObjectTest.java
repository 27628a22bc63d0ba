package org.valise.federation.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class LargeObjectTest {
    private static final Set<String> ARRAYS = Set.of("state", "auth_chain");

    /// Gives few bytes at a time, as a network does.
    private static InputStream trickling(byte[] bytes, int atOnce) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, atOnce));
            }
        };
    }

    /// Puts together again what came in parts.
    private static JsonObject read(String text, int atOnce, int most) throws IOException {
        Map<String, List<JsonValue>> arrays = new HashMap<>();
        JsonObject.Builder whole = JsonObject.builder();
        LargeObject.read(
                trickling(text.getBytes(StandardCharsets.UTF_8), atOnce),
                ARRAYS,
                most,
                new LargeObject.Parts() {
                    @Override
                    public void element(String array, JsonValue element) {
                        arrays.computeIfAbsent(array, any -> new ArrayList<>()).add(element);
                    }

                    @Override
                    public void member(String key, JsonValue value) {
                        whole.put(key, value);
                    }
                });
        arrays.forEach((key, elements) -> whole.put(key, JsonArray.of(elements)));
        return whole.build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {\"a\" : 1 , \"b\":[ ] }\n",
                "{\"state\":[{\"type\":\"m\",\"x\":[1,2,{\"y\":\"]}\"}]},{}],\"event\":{\"k\":true}}",
                "{\"auth_chain\" : [ \"a,]}\\\"\" , -1.5e3 ,null],\"state\":[[[]],\"ü€😀\"]}",
                "{\"state\":\"no list\",\"auth_chain\":{}}",
            })
    void readsWhatTheParserReads(String text) throws IOException {
        for (int atOnce : new int[] {1, 2, 3, 7, 1_000}) {
            assertThat(read(text, atOnce, 1_000)).isEqualTo(Json.parseObject(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "1",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{a:1}",
                "{\"a\":1}{}",
                "{\"a\":1}]",
                "{\"a\" \"b\":1}",
                "{1:1}",
                "{\"state\":[",
                "{\"state\":[1",
                "{\"state\":[1,",
                "{\"state\":[1,]}",
                "{\"state\":[1}",
                "{\"state\":[,1]}",
                "{\"state\":[1 2]}",
                "{\"state\":[{\"a\":1,\"a\":2}]}",
                "{\"state\":[{\"a\":\"\\ud800\"}]}",
                "{\"state\":[1}]}",
                "{\"state\":[]]}",
                "{\"state\":[}",
                "{\"state\":[01]}",
            })
    void refusesWhatTheParserRefuses(String text) {
        assertThatThrownBy(() -> Json.parseObject(text)).isInstanceOf(JsonException.class);
        for (int atOnce : new int[] {1, 1_000}) {
            assertThatThrownBy(() -> read(text, atOnce, 1_000)).isInstanceOf(JsonException.class);
        }
    }

    @Test
    void boundsEachValueNotTheWhole() throws IOException {
        String element = "\"" + "x".repeat(98) + "\"";
        String many = "{\"state\":[" + String.join(",", List.of(element, element, element)) + "]}";
        assertThat(read(many, 10, 100).array("state").orElseThrow().size()).isEqualTo(3);
        assertThatThrownBy(() -> read(many, 10, 99)).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> read("{\"other\":" + element + "}", 10, 99))
                .isInstanceOf(JsonException.class);
    }
}
