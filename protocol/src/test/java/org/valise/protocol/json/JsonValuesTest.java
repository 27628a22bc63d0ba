package org.valise.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

final class JsonValuesTest {
    @Test
    void objectsKeepInsertionOrder() {
        JsonObject object = JsonObject.of("b", 1, "a", 2, "c", null);
        assertThat(object.keys()).containsExactly("b", "a", "c");
        assertThat(object).hasToString("{\"b\":1,\"a\":2,\"c\":null}");
        assertThat(object.entries()).extracting(Map.Entry::getKey).containsExactly("b", "a", "c");
        assertThat(object.toBuilder().put("b", 5).put("d", 6).remove("a").build())
                .hasToString("{\"b\":5,\"c\":null,\"d\":6}");
    }

    @Test
    void objectsAreEqualInAnyOrder() {
        assertThat(JsonObject.of("b", 1, "a", 2))
                .isEqualTo(JsonObject.of("a", 2, "b", 1))
                .hasSameHashCodeAs(JsonObject.of("a", 2, "b", 1))
                .isNotEqualTo(JsonObject.of("a", 2, "b", 2))
                .isNotEqualTo(JsonObject.of("a", 2))
                .isNotEqualTo(JsonObject.of("a", 2, "c", 1));
    }

    @Test
    void accessorsAreEmptyForAbsentAndForOtherTypes() {
        JsonObject object =
                JsonObject.of(
                        "s",
                        "x",
                        "i",
                        5,
                        "o",
                        JsonObject.of(),
                        "a",
                        JsonArray.of(),
                        "b",
                        true,
                        "f",
                        1.5);
        assertThat(object.string("s")).contains("x");
        assertThat(object.integer("i")).contains(5L);
        assertThat(object.object("o")).contains(JsonObject.of());
        assertThat(object.array("a")).contains(JsonArray.of());
        assertThat(object.bool("b")).contains(true);
        for (String key : List.of("s", "i", "o", "a", "b", "f", "absent")) {
            assertThat(object.has(key)).isEqualTo(!key.equals("absent"));
            assertThat(object.string(key).isPresent()).isEqualTo(key.equals("s"));
            assertThat(object.integer(key).isPresent()).isEqualTo(key.equals("i"));
            assertThat(object.object(key).isPresent()).isEqualTo(key.equals("o"));
            assertThat(object.array(key).isPresent()).isEqualTo(key.equals("a"));
            assertThat(object.bool(key).isPresent()).isEqualTo(key.equals("b"));
        }
        assertThat(object.get("absent")).isNull();
    }

    @Test
    void findsEveryKeyOfLargeObjectsWhateverTheirOrder() {
        for (int step : new int[] {1, 7, 99}) {
            JsonObject.Builder builder = JsonObject.builder();
            for (int i = 0; i < 100; i++) {
                builder.put("k" + (100 + i * step % 100), i);
            }
            JsonObject object = Json.parseObject(builder.build().toString());
            for (int i = 0; i < 100; i++) {
                assertThat(object.integer("k" + (100 + i * step % 100))).contains((long) i);
            }
            assertThat(object.has("k")).isFalse();
            assertThat(object.has("k200")).isFalse();
            assertThat(object.has("")).isFalse();
        }
    }

    @Test
    void withAndWithoutLeaveTheOriginalAlone() {
        JsonObject object = JsonObject.of("a", 1, "b", 2);
        assertThat(object.with("a", 3)).hasToString("{\"a\":3,\"b\":2}");
        assertThat(object.with("c", "x")).hasToString("{\"a\":1,\"b\":2,\"c\":\"x\"}");
        assertThat(object.without("a", "z")).hasToString("{\"b\":2}");
        assertThat(object.without("z")).isSameAs(object);
        assertThat(object.without("a", "b").isEmpty()).isTrue();
        assertThat(object).hasToString("{\"a\":1,\"b\":2}");
    }

    @Test
    void takesPlainJavaValues() {
        JsonObject object =
                JsonObject.builder()
                        .put("list", List.of(1, "x", List.of()))
                        .put("map", Map.of("k", true))
                        .put("big", new BigInteger("12345678901234567890123"))
                        .put("small", BigInteger.TEN)
                        .put("decimal", new BigDecimal("1.50"))
                        .put("short", (short) 3)
                        .put("float", 0.5f)
                        .putIfPresent("absent", null)
                        .build();
        assertThat(object)
                .hasToString(
                        "{\"list\":[1,\"x\",[]],\"map\":{\"k\":true},\"big\":12345678901234567890123,\"small\":10,\"decimal\":1.50,\"short\":3,\"float\":0.5}");
        assertThat(object.integer("small")).contains(10L);
    }

    @Test
    void refusesWhatJsonCannotExpress() {
        assertThatThrownBy(() -> JsonValue.of(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonValue.of(Float.POSITIVE_INFINITY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonValue.of(new Object()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonNumber.ofText("\"1\""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonObject.of("a", 1, "b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void arraysCannotBeChangedThroughTheirViews() {
        JsonArray array = JsonArray.of(1, "two", JsonObject.of(), "four");
        assertThatThrownBy(() -> array.values().set(0, JsonNull.NULL))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> JsonObject.of("a", 1).keys().set(0, "b"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(array.strings()).containsExactly("two", "four");
        assertThat(array.objects()).containsExactly(JsonObject.of());
        assertThat(array)
                .hasSize(4)
                .isNotEqualTo(JsonArray.of(1))
                .isEqualTo(Json.parse(array.toString()));
    }

    @Test
    void collidingKeysDoNotSlowAnObjectDown() {
        // "Aa" and "BB" have one hash code; so do all 2^14 strings made of fourteen of them.
        JsonObject.Builder builder = JsonObject.builder();
        for (int i = 0; i < 1 << 14; i++) {
            StringBuilder key = new StringBuilder();
            for (int bit = 13; bit >= 0; bit--) {
                key.append((i >> bit & 1) == 0 ? "BB" : "Aa");
            }
            builder.put(key.toString(), i);
        }
        byte[] json = builder.build().toString().getBytes(UTF_8);
        long start = System.nanoTime();
        JsonObject object = Json.parseObject(json);
        object.keys().forEach(key -> assertThat(object.get(key)).isNotNull());
        assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    }

    @Test
    void walksTheMembersOfAnObjectWithoutATree() {
        JsonObject object =
                Json.parseObject(
                        """
                        {"a":"x\\"}{\\\\","b":{"c":["}",{"d":"\\\\\\""}]},"é\\n":-12,"e":[],"f":null,"type":"t"}
                        """);
        byte[] bytes = Json.write(object);
        for (String wanted : object.keys()) {
            JsonMembers members = new JsonMembers(bytes);
            int seen = 0;
            while (members.next()) {
                if (members.key().equals(wanted)) {
                    assertThat(members.value()).isEqualTo(object.get(wanted));
                } else {
                    members.skip();
                }
                assertThat(Json.parse(bytes, members.start(), members.end()))
                        .isEqualTo(object.get(members.key()));
                seen++;
            }
            assertThat(seen).isEqualTo(object.size());
        }
        byte[] other = "[1]".getBytes(UTF_8);
        for (String left : object.keys()) {
            assertThat(JsonMembers.keep(bytes, key -> !key.equals(left), null, other))
                    .isEqualTo(Json.write(object.without(left)));
            assertThat(JsonMembers.keep(bytes, key -> true, left, other))
                    .isEqualTo(Json.write(object.with(left, JsonArray.of(List.of(1)))));
        }
        assertThat(JsonMembers.keep(bytes, key -> false, "a", other)).asString().isEqualTo("{}");
        assertThat(new JsonMembers("{}".getBytes(UTF_8)).next()).isFalse();
        assertThatThrownBy(() -> new JsonMembers("[]".getBytes(UTF_8)))
                .isInstanceOf(JsonException.class);
    }
}
