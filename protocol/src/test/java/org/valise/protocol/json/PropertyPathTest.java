package org.valise.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

final class PropertyPathTest {
    @Test
    void splitsAtDots() {
        assertThat(PropertyPath.of("content.body").names()).isEqualTo(List.of("content", "body"));
        assertThat(PropertyPath.of("type").names()).isEqualTo(List.of("type"));
    }

    @Test
    void takesEscapedDotsAndBackslashesLiterally() {
        assertThat(PropertyPath.of("content.m\\.relates_to").names())
                .isEqualTo(List.of("content", "m.relates_to"));
        assertThat(PropertyPath.of("content.m\\\\foo").names())
                .isEqualTo(List.of("content", "m\\foo"));
        assertThat(PropertyPath.of("a\\\\.b").names()).isEqualTo(List.of("a\\", "b"));
    }

    @Test
    void leavesOtherEscapesAsTheyAre() {
        assertThat(PropertyPath.of("content.m\\x").names()).isEqualTo(List.of("content", "m\\x"));
        assertThat(PropertyPath.of("a\\").names()).isEqualTo(List.of("a\\"));
    }

    @Test
    void emptyNamesAreNames() {
        assertThat(PropertyPath.of("").names()).isEqualTo(List.of(""));
        assertThat(PropertyPath.of(".a.").names()).isEqualTo(List.of("", "a", ""));
    }

    @Test
    void findsOnlyThroughObjects() {
        JsonObject event =
                Json.parseObject(
                        """
                        {"content": {"m.relates_to": {"rel_type": "m.thread"}, "list": [{"a": 1}], "m": {"relates_to": 2}}}
                        """);
        assertThat(PropertyPath.of("content.m\\.relates_to.rel_type").find(event))
                .isEqualTo(new JsonString("m.thread"));
        assertThat(PropertyPath.of("content.m.relates_to").find(event)).isEqualTo(JsonNumber.of(2));
        assertThat(PropertyPath.of("content.list.a").find(event)).isNull();
        assertThat(PropertyPath.of("content.list.0").find(event)).isNull();
        assertThat(PropertyPath.of("content.absent.a").find(event)).isNull();
    }

    @Test
    void pathsThatNameTheSamePropertyAreEqual() {
        assertThat(PropertyPath.of("a\\x"))
                .isEqualTo(PropertyPath.of("a\\\\x"))
                .hasSameHashCodeAs(PropertyPath.of("a\\\\x"));
        assertThat(PropertyPath.of("a.b")).isNotEqualTo(PropertyPath.of("a\\.b"));
    }
}
