package org.valise.protocol.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.Collections;

final class FilterTest {
    private static MatrixException refusal(JsonObject json) {
        MatrixException refusal =
                catchThrowableOfType(MatrixException.class, () -> Filter.parse(json));
        assertThat(refusal).as("%s", json).isNotNull();
        return refusal;
    }

    @Test
    void withoutAFilterEverythingIsWanted() {
        Filter filter = Filter.parse(JsonObject.of());
        assertThat(filter.eventFormat()).isEqualTo(Filter.EventFormat.CLIENT);
        assertThat(filter.eventFields().isAll()).isTrue();
        assertThat(filter.presence().admitsEverything()).isTrue();
        assertThat(filter.accountData().admitsEverything()).isTrue();
        assertThat(filter.room().timeline().admitsEverything()).isTrue();
        assertThat(filter.room().includeLeave()).isFalse();
        assertThat(filter.room().lazyLoadMembers()).isFalse();
        assertThat(filter.room().admitsRoom("!any:x")).isTrue();
    }

    @Test
    void readsTheExampleOfTheSpecification() {
        JsonObject json =
                Json.parseObject(
                        """
                        {
                          "room": {
                            "state": {"types": ["m.room.*"], "not_rooms": ["!726s6s6q:example.com"]},
                            "timeline": {
                              "limit": 10,
                              "types": ["m.room.message"],
                              "not_rooms": ["!726s6s6q:example.com"],
                              "not_senders": ["@spam:example.com"]
                            },
                            "ephemeral": {
                              "types": ["m.receipt", "m.typing"],
                              "not_rooms": ["!726s6s6q:example.com"],
                              "not_senders": ["@spam:example.com"]
                            }
                          },
                          "presence": {"types": ["m.presence"], "not_senders": ["@alice:example.com"]},
                          "event_format": "federation",
                          "event_fields": ["type", "content", "sender"]
                        }
                        """);
        Filter filter = Filter.parse(json);
        assertThat(filter.json()).isEqualTo(json);
        assertThat(filter.eventFormat()).isEqualTo(Filter.EventFormat.FEDERATION);
        assertThat(filter.room().timeline().limit(20, 100)).isEqualTo(10);
        assertThat(filter.room().timeline().events().matches("m.room.message", "@bob:x")).isTrue();
        assertThat(filter.room().timeline().events().matches("m.room.message", "@spam:example.com"))
                .isFalse();
        assertThat(filter.room().timeline().admitsRoom("!726s6s6q:example.com")).isFalse();
        assertThat(filter.room().state().events().admitsType("m.room.name")).isTrue();
        assertThat(filter.room().state().events().admitsType("m.reaction")).isFalse();
        assertThat(filter.presence().matches("m.presence", "@alice:example.com")).isFalse();
    }

    @Test
    void switchesOfTheTimelineAndOfTheState() {
        Filter filter =
                Filter.parse(
                        Json.parseObject(
                                """
                                {"room": {"include_leave": true,
                                 "state": {"lazy_load_members": true, "include_redundant_members": true},
                                 "timeline": {"unread_thread_notifications": true}}}
                                """));
        assertThat(filter.room().includeLeave()).isTrue();
        assertThat(filter.room().lazyLoadMembers()).isTrue();
        assertThat(filter.room().includeRedundantMembers()).isTrue();
        assertThat(filter.room().unreadThreadNotifications()).isTrue();
        Filter redundant =
                Filter.parse(
                        Json.parseObject(
                                "{\"room\": {\"state\": {\"include_redundant_members\": true}}}"));
        assertThat(redundant.room().includeRedundantMembers()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"presence\": []}",
                "{\"account_data\": 1}",
                "{\"room\": \"x\"}",
                "{\"room\": null}",
                "{\"room\": {\"timeline\": []}}",
                "{\"room\": {\"state\": 1}}",
                "{\"room\": {\"ephemeral\": true}}",
                "{\"room\": {\"account_data\": \"\"}}",
                "{\"room\": {\"rooms\": {}}}",
                "{\"room\": {\"not_rooms\": \"!a:x\"}}",
                "{\"room\": {\"include_leave\": 1}}",
                "{\"room\": {\"timeline\": {\"types\": [1]}}}",
                "{\"room\": {\"timeline\": {\"types\": {}}}}",
                "{\"room\": {\"timeline\": {\"not_types\": \"x\"}}}",
                "{\"room\": {\"timeline\": {\"senders\": 7}}}",
                "{\"room\": {\"timeline\": {\"limit\": \"10\"}}}",
                "{\"room\": {\"timeline\": {\"limit\": 1.5}}}",
                "{\"room\": {\"timeline\": {\"contains_url\": \"true\"}}}",
                "{\"room\": {\"timeline\": {\"lazy_load_members\": 1}}}",
                "{\"room\": {\"timeline\": {\"related_by_rel_types\": \"m.thread\"}}}",
                "{\"event_fields\": \"type\"}",
                "{\"event_fields\": [[]]}",
                "{\"event_format\": 1}"
            })
    void refusesWrongTypes(String json) {
        MatrixException refusal = refusal(Json.parseObject(json));
        assertThat(refusal.code()).isEqualTo(ErrorCode.M_BAD_JSON);
        assertThat(refusal.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"event_format\": \"raw\"}",
                "{\"room\": {\"rooms\": [\"not_a_room_id\"]}}",
                "{\"room\": {\"timeline\": {\"rooms\": [\"not_a_room_id\"]}}}",
                "{\"room\": {\"timeline\": {\"senders\": [\"not_a_sender_id\"]}}}",
                "{\"presence\": {\"not_senders\": [\"alice\"]}}",
                "{\"room\": {\"timeline\": {\"limit\": -1}}}"
            })
    void refusesWrongValues(String json) {
        assertThat(refusal(Json.parseObject(json)).code()).isEqualTo(ErrorCode.M_INVALID_PARAM);
    }

    @Test
    void saysWhereTheFaultIs() {
        assertThat(refusal(Json.parseObject("{\"room\": {\"timeline\": {\"types\": 1}}}")).detail())
                .contains("'room.timeline.types'");
    }

    @Test
    void boundsItsSize() {
        assertThat(refusal(JsonObject.of("event_fields", Collections.nCopies(201, "a"))).code())
                .isEqualTo(ErrorCode.M_INVALID_PARAM);
        assertThat(
                        refusal(
                                        JsonObject.of(
                                                "presence",
                                                JsonObject.of(
                                                        "types", Collections.nCopies(1001, "a"))))
                                .code())
                .isEqualTo(ErrorCode.M_INVALID_PARAM);
        assertThat(
                        refusal(
                                        JsonObject.of(
                                                "presence",
                                                JsonObject.of(
                                                        "types",
                                                        Collections.nCopies(1, "a".repeat(600)))))
                                .code())
                .isEqualTo(ErrorCode.M_INVALID_PARAM);
        assertThat(refusal(JsonObject.of("x", "y".repeat(70_000))).status()).isEqualTo(413);
    }

    @Test
    void keepsAndPassesOverWhatItDoesNotKnow() {
        JsonObject json =
                Json.parseObject(
                        "{\"org.example\": {\"a\": 1}, \"room\": {\"timeline\": {\"x\": []}}}");
        assertThat(Filter.parse(json).json()).isEqualTo(json);
    }
}
