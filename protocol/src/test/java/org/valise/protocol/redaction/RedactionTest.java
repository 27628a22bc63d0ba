package org.valise.protocol.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.RandomJson;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Spec: Room Versions, "Redactions": rule sets of versions 1, 6, 8, 9 and 11.
final class RedactionTest {
    private static final String EVERY_KEY =
            """
            {"event_id":1,"type":"%s","room_id":2,"sender":3,"state_key":4,"content":%s,"hashes":5,"signatures":6,
             "depth":7,"prev_events":8,"prev_state":9,"auth_events":10,"origin":11,"origin_server_ts":12,"membership":13,
             "redacts":14,"unsigned":15,"age_ts":16,"anything":17}
            """;

    private static JsonObject content(RoomVersion version, String type, String content) {
        JsonObject event = Json.parseObject(EVERY_KEY.formatted(type, content));
        return Redaction.redact(version, event).object("content").orElseThrow();
    }

    private static void assertContent(
            RoomVersion version, String type, String content, String expected) {
        assertThat(content(version, type, content))
                .as(version + " " + type)
                .isEqualTo(Json.parse(expected));
    }

    @ParameterizedTest
    @EnumSource(
            value = RoomVersion.class,
            names = {"V11", "V12"},
            mode = Mode.EXCLUDE)
    void keepsTheOldTopLevelKeysBeforeV11(RoomVersion version) {
        assertThat(
                        Redaction.redact(version, Json.parseObject(EVERY_KEY.formatted("x", "{}")))
                                .keys())
                .containsExactlyInAnyOrder(
                        "event_id",
                        "type",
                        "room_id",
                        "sender",
                        "state_key",
                        "content",
                        "hashes",
                        "signatures",
                        "depth",
                        "prev_events",
                        "prev_state",
                        "auth_events",
                        "origin",
                        "origin_server_ts",
                        "membership");
    }

    @ParameterizedTest
    @EnumSource(
            value = RoomVersion.class,
            names = {"V11", "V12"})
    void keepsFewerTopLevelKeysFromV11On(RoomVersion version) {
        assertThat(
                        Redaction.redact(version, Json.parseObject(EVERY_KEY.formatted("x", "{}")))
                                .keys())
                .containsExactlyInAnyOrder(
                        "event_id",
                        "type",
                        "room_id",
                        "sender",
                        "state_key",
                        "content",
                        "hashes",
                        "signatures",
                        "depth",
                        "prev_events",
                        "auth_events",
                        "origin_server_ts");
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void emptiesTheContentOfOtherTypes(RoomVersion version) {
        String content = "{\"body\":\"x\",\"membership\":\"join\",\"creator\":\"y\",\"users\":{}}";
        for (String type :
                new String[] {
                    "m.room.message", "m.room.name", "m.room.encrypted", "M.ROOM.MEMBER", ""
                }) {
            assertContent(version, type, content, "{}");
        }
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void keepsTheMembership(RoomVersion version) {
        String content =
                "{\"membership\":\"join\",\"displayname\":\"x\",\"join_authorised_via_users_server\":\"@a:b\",\"third_party_invite\":{\"display_name\":\"x\",\"signed\":{\"token\":\"t\"}}}";
        String expected =
                switch (version) {
                    case V1, V2, V3, V4, V5, V6, V7, V8 -> "{\"membership\":\"join\"}";
                    case V9, V10 ->
                            "{\"membership\":\"join\",\"join_authorised_via_users_server\":\"@a:b\"}";
                    case V11, V12 ->
                            "{\"membership\":\"join\",\"join_authorised_via_users_server\":\"@a:b\",\"third_party_invite\":{\"signed\":{\"token\":\"t\"}}}";
                };
        assertContent(version, "m.room.member", content, expected);
    }

    @Test
    void keepsAnEmptyThirdPartyInviteWhenNothingInItWasSigned() {
        assertContent(
                RoomVersion.V11,
                "m.room.member",
                "{\"third_party_invite\":{\"display_name\":\"x\"}}",
                "{\"third_party_invite\":{}}");
        assertContent(RoomVersion.V11, "m.room.member", "{\"third_party_invite\":\"x\"}", "{}");
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void keepsWhatMadeTheRoom(RoomVersion version) {
        String content =
                "{\"creator\":\"@a:b\",\"room_version\":\"11\",\"predecessor\":{\"x\":1},\"other\":2}";
        boolean all = version == RoomVersion.V11 || version == RoomVersion.V12;
        assertContent(version, "m.room.create", content, all ? content : "{\"creator\":\"@a:b\"}");
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void keepsTheJoinRule(RoomVersion version) {
        String content = "{\"join_rule\":\"restricted\",\"allow\":[1],\"other\":2}";
        boolean allow = version.ordinal() >= RoomVersion.V8.ordinal();
        assertContent(
                version,
                "m.room.join_rules",
                content,
                allow
                        ? "{\"join_rule\":\"restricted\",\"allow\":[1]}"
                        : "{\"join_rule\":\"restricted\"}");
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void keepsThePowerLevels(RoomVersion version) {
        String kept =
                "\"ban\":1,\"events\":{\"x\":1},\"events_default\":2,\"kick\":3,\"redact\":4,\"state_default\":5,\"users\":{\"@a:b\":6},\"users_default\":7";
        boolean invite = version.ordinal() >= RoomVersion.V11.ordinal();
        assertContent(
                version,
                "m.room.power_levels",
                "{" + kept + ",\"invite\":8,\"notifications\":{\"room\":9},\"other\":10}",
                "{" + kept + (invite ? ",\"invite\":8}" : "}"));
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void keepsAliasesOnlyBeforeV6(RoomVersion version) {
        boolean kept = version.ordinal() < RoomVersion.V6.ordinal();
        assertContent(
                version,
                "m.room.aliases",
                "{\"aliases\":[\"#a:b\"],\"other\":1}",
                kept ? "{\"aliases\":[\"#a:b\"]}" : "{}");
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void keepsTheHistoryVisibility(RoomVersion version) {
        assertContent(
                version,
                "m.room.history_visibility",
                "{\"history_visibility\":\"shared\",\"other\":1}",
                "{\"history_visibility\":\"shared\"}");
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void keepsWhatARedactionRedactsInTheContentFromV11On(RoomVersion version) {
        boolean kept = version.ordinal() >= RoomVersion.V11.ordinal();
        assertContent(
                version,
                "m.room.redaction",
                "{\"redacts\":\"$x\",\"reason\":\"y\"}",
                kept ? "{\"redacts\":\"$x\"}" : "{}");
    }

    @Test
    void toleratesContentOfAnotherType() {
        assertThat(
                        Redaction.redact(
                                RoomVersion.V1,
                                Json.parseObject("{\"type\":\"m.room.member\",\"content\":[1]}")))
                .isEqualTo(Json.parse("{\"type\":\"m.room.member\",\"content\":{}}"));
        assertThat(Redaction.redact(RoomVersion.V12, Json.parseObject("{\"type\":5}")))
                .isEqualTo(Json.parse("{\"type\":5}"));
    }

    @Test
    void redactingTwiceIsRedactingOnce() {
        String[] types = {
            "m.room.member",
            "m.room.create",
            "m.room.join_rules",
            "m.room.power_levels",
            "m.room.aliases",
            "m.room.history_visibility",
            "m.room.redaction",
            "m.room.message"
        };
        String[] keys = {
            "membership",
            "creator",
            "join_rule",
            "allow",
            "ban",
            "invite",
            "aliases",
            "history_visibility",
            "redacts",
            "third_party_invite",
            "join_authorised_via_users_server",
            "body"
        };
        for (int seed = 0; seed < 3000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomJson json = RandomJson.any(random);
            JsonObject.Builder content = JsonObject.builder();
            Stream.of(keys)
                    .filter(key -> random.nextBoolean())
                    .forEach(key -> content.put(key, json.value(2)));
            JsonObject event =
                    Json.parseObject(
                            EVERY_KEY.formatted(
                                    types[random.nextInt(types.length)], content.build()));
            for (RoomVersion version : RoomVersion.values()) {
                JsonObject once = Redaction.redact(version, event);
                assertThat(Redaction.redact(version, once)).as("seed %d", seed).isEqualTo(once);
            }
        }
    }
}
