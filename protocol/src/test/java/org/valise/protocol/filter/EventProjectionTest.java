package org.valise.protocol.filter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.json.PropertyPath;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class EventProjectionTest {
    private static final JsonObject EVENT =
            Json.parseObject(
                    """
                    {"type": "m.room.message", "sender": "@a:x",
                     "content": {"body": "hi", "msgtype": "m.text", "m.relates_to": {"rel_type": "m.thread"}, "m": 1},
                     "unsigned": {"age": 7}}
                    """);

    private static JsonObject project(String... fields) {
        return EventProjection.of(List.of(fields)).project(EVENT);
    }

    @Test
    void keepsWholePropertiesAndPartsOfThem() {
        assertThat(project("type", "content.body"))
                .isEqualTo(
                        Json.parseObject(
                                "{\"type\": \"m.room.message\", \"content\": {\"body\": \"hi\"}}"));
        assertThat(project("content", "content.body").get("content"))
                .isEqualTo(EVENT.get("content"));
        assertThat(project("content.body", "content").get("content"))
                .isEqualTo(EVENT.get("content"));
        assertThat(project("content.m\\.relates_to.rel_type"))
                .isEqualTo(
                        Json.parseObject(
                                "{\"content\": {\"m.relates_to\": {\"rel_type\": \"m.thread\"}}}"));
        assertThat(project("content.m.relates_to")).isEqualTo(JsonObject.of());
        assertThat(project("absent", "type.x", "content.body.x")).isEqualTo(JsonObject.of());
        assertThat(project()).isEqualTo(JsonObject.of());
    }

    @Test
    void allMeansTheSameObject() {
        assertThat(EventProjection.ALL.project(EVENT)).isSameAs(EVENT);
    }

    /// A property is there exactly when a field names it, something around it or something in it.
    @Test
    void everyFieldIsFoundAndNothingElse() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            JsonObject event = object(random, 4);
            List<String> fields = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                fields.add(path(random));
            }
            JsonObject projected = EventProjection.of(fields).project(event);
            for (String field : fields) {
                PropertyPath path = PropertyPath.of(field);
                assertThat(path.find(projected)).isEqualTo(path.find(event));
            }
            assertOnly(fields, "", projected);
        }
    }

    private static void assertOnly(List<String> fields, String prefix, JsonObject projected) {
        for (String key : projected.keys()) {
            String path = prefix + key;
            boolean named =
                    fields.stream().anyMatch(f -> f.equals(path) || path.startsWith(f + "."));
            boolean around = fields.stream().anyMatch(f -> f.startsWith(path + "."));
            assertThat(named || around).as("%s of %s", path, fields).isTrue();
            if (!named && projected.get(key) instanceof JsonObject nested) {
                assertOnly(fields, path + ".", nested);
            }
        }
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            path.append("abc".charAt(random.nextInt(3))).append(i == 0 ? "" : ".");
        }
        return path.toString();
    }

    private static JsonObject object(Random random, int depth) {
        JsonObject.Builder object = JsonObject.builder();
        for (String key : List.of("a", "b", "c")) {
            if (random.nextInt(4) > 0) {
                JsonValue value =
                        depth > 0 && random.nextBoolean()
                                ? object(random, depth - 1)
                                : JsonArray.of(random.nextInt(9));
                object.put(key, value);
            }
        }
        return object.build();
    }
}
