package org.valise.protocol.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

final class EventFilterTest {
    private static EventFilter filter(String json) {
        return EventFilter.parse(Json.parseObject(json));
    }

    private static RoomEventFilter roomFilter(String json) {
        return RoomEventFilter.parse(Json.parseObject(json));
    }

    @Test
    void absentListsIncludeAllAndEmptyListsNothing() {
        assertThat(filter("{}").matches("m.room.message", "@a:x")).isTrue();
        assertThat(filter("{}").admitsEverything()).isTrue();
        assertThat(filter("{\"types\": []}").matches("m.room.message", "@a:x")).isFalse();
        assertThat(filter("{\"types\": []}").admitsNothing()).isTrue();
        assertThat(filter("{\"senders\": []}").admitsNothing()).isTrue();
        assertThat(filter("{\"not_types\": [], \"not_senders\": []}").admitsEverything()).isTrue();
    }

    @Test
    void whatIsListedOnBothSidesIsExcluded() {
        EventFilter types =
                filter("{\"types\": [\"m.room.*\"], \"not_types\": [\"m.room.member\"]}");
        assertThat(types.admitsType("m.room.name")).isTrue();
        assertThat(types.admitsType("m.room.member")).isFalse();
        EventFilter senders =
                filter("{\"senders\": [\"@a:x\", \"@b:x\"], \"not_senders\": [\"@b:x\"]}");
        assertThat(senders.admitsSender("@a:x")).isTrue();
        assertThat(senders.admitsSender("@b:x")).isFalse();
        assertThat(senders.admitsSender("@c:x")).isFalse();
        assertThat(filter("{\"senders\": [\"@b:x\"], \"not_senders\": [\"@b:x\"]}").admitsNothing())
                .isTrue();
        assertThat(filter("{\"not_types\": [\"*\"]}").admitsNothing()).isTrue();
        assertThat(filter("{\"types\": [\"a\"], \"not_types\": [\"b\"]}").admitsNothing())
                .isFalse();
    }

    @Test
    void accountDataHasNoSender() {
        assertThat(filter("{\"not_senders\": [\"@a:x\"]}").matches("m.direct", null)).isTrue();
        assertThat(filter("{\"senders\": [\"@a:x\"]}").matches("m.direct", null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "m.room.message, m.room.message, true",
        "m.room.message, M.room.message, false",
        "m.room.*, m.room.message, true",
        "m.room.*, m.room., true",
        "m.room.*, m.roommessage, false",
        "*.message, m.room.message, true",
        "m.*.message, m.room.message, true",
        "m.*.message, m.message, false",
        "*, anything, true",
        "**, anything, true",
        "a*a, a, false",
        "a*a, aa, true",
        "*room*mess*, m.room.message, true",
        "*mess*room*, m.room.message, false",
        "m.room.messag?, m.room.message, false",
        "a.c, abc, false"
    })
    void starsAreTheOnlyWildcards(String pattern, String type, boolean expected) {
        assertThat(new TypePatterns(List.of(pattern)).matches(type)).isEqualTo(expected);
    }

    @Test
    void wildcardsAgreeWithTheObviousMatcher() {
        Random random = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            List<String> patterns = new ArrayList<>();
            for (int n = random.nextInt(3); n >= 0; n--) {
                patterns.add(text(random, "ab*"));
            }
            String type = text(random, "ab");
            boolean expected = patterns.stream().anyMatch(pattern -> naive(pattern, type));
            assertThat(new TypePatterns(patterns).matches(type))
                    .as(() -> patterns + " on " + type)
                    .isEqualTo(expected);
        }
    }

    private static boolean naive(String pattern, String text) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        if (pattern.charAt(0) == '*') {
            return naive(pattern.substring(1), text)
                    || !text.isEmpty() && naive(pattern, text.substring(1));
        }
        return !text.isEmpty()
                && text.charAt(0) == pattern.charAt(0)
                && naive(pattern.substring(1), text.substring(1));
    }

    private static String text(Random random, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(7); n > 0; n--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    @Test
    void wildcardsTakeNoTimeToSpeakOf() {
        TypePatterns patterns = new TypePatterns(List.of("*a".repeat(250) + "b"));
        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> {
                    for (int i = 0; i < 10_000; i++) {
                        assertThat(patterns.matches("a".repeat(255))).isFalse();
                    }
                });
    }

    @Test
    void limitsHaveADefaultAndACap() {
        assertThat(filter("{}").limit(10, 100)).isEqualTo(10);
        assertThat(filter("{\"limit\": 7}").limit(10, 100)).isEqualTo(7);
        assertThat(filter("{\"limit\": 5000000000}").limit(10, 100)).isEqualTo(100);
        assertThat(filter("{\"limit\": 0}").limit(10, 100)).isZero();
    }

    @Test
    void roomsAreIncludedAndExcluded() {
        RoomEventFilter filter =
                roomFilter("{\"rooms\": [\"!a:x\", \"!b:x\"], \"not_rooms\": [\"!b:x\"]}");
        assertThat(filter.matches("!a:x", "t", "@a:x", JsonObject.of())).isTrue();
        assertThat(filter.matches("!b:x", "t", "@a:x", JsonObject.of())).isFalse();
        assertThat(filter.matches("!c:x", "t", "@a:x", JsonObject.of())).isFalse();
        assertThat(filter.admitsEverything()).isFalse();
        assertThat(roomFilter("{\"rooms\": []}").admitsNothing()).isTrue();
        // Room ids of version 12 have no server part.
        assertThat(
                        roomFilter(
                                        "{\"rooms\":"
                                            + " [\"!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM\"]}")
                                .admitsNothing())
                .isFalse();
    }

    @Test
    void eventsWithAndWithoutUrls() {
        JsonObject url = JsonObject.of("url", "mxc://x/y");
        assertThat(roomFilter("{\"contains_url\": true}").matches("!a:x", "t", "@a:x", url))
                .isTrue();
        assertThat(
                        roomFilter("{\"contains_url\": true}")
                                .matches("!a:x", "t", "@a:x", JsonObject.of()))
                .isFalse();
        assertThat(roomFilter("{\"contains_url\": false}").matches("!a:x", "t", "@a:x", url))
                .isFalse();
        assertThat(
                        roomFilter("{\"contains_url\": false}")
                                .matches("!a:x", "t", "@a:x", JsonObject.of()))
                .isTrue();
        assertThat(roomFilter("{\"contains_url\": false}").asksForContent()).isTrue();
    }

    @Test
    void ownRelations() {
        JsonObject thread =
                Json.parseObject(
                        "{\"m.relates_to\": {\"rel_type\": \"m.thread\", \"event_id\": \"$e\"}}");
        JsonObject reply =
                Json.parseObject("{\"m.relates_to\": {\"m.in_reply_to\": {\"event_id\": \"$e\"}}}");
        RoomEventFilter only = roomFilter("{\"org.matrix.msc3874.rel_types\": [\"m.thread\"]}");
        RoomEventFilter without =
                roomFilter("{\"org.matrix.msc3874.not_rel_types\": [\"m.thread\"]}");
        assertThat(only.matches("!a:x", "t", "@a:x", thread)).isTrue();
        assertThat(only.matches("!a:x", "t", "@a:x", reply)).isFalse();
        assertThat(without.matches("!a:x", "t", "@a:x", thread)).isFalse();
        assertThat(without.matches("!a:x", "t", "@a:x", reply)).isTrue();
    }

    @Test
    void relationsOfOthersAreLeftToTheCaller() {
        RoomEventFilter filter =
                roomFilter(
                        "{\"related_by_senders\": [\"@a:x\"], \"related_by_rel_types\":"
                                + " [\"m.thread\"]}");
        assertThat(filter.asksForRelations()).isTrue();
        assertThat(filter.admitsEverything()).isFalse();
        assertThat(filter.relatedBySenders()).containsExactly("@a:x");
        assertThat(filter.relatedByRelTypes()).containsExactly("m.thread");
        assertThat(RoomEventFilter.ALL.relatedBySenders()).isNull();
    }
}
