package org.valise.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.RandomJson;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Keys;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.SplittableRandom;

/// Spec: Room Versions, "Event IDs"; Server-Server API, "Calculating the reference hash for an
/// event".
final class EventIdTest {
    private static byte[] sha256(String text) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    }

    private static final String PDU =
            """
            {"type":"m.room.member","state_key":"@bob:b.example","sender":"@alice:example.org","room_id":"!room:example.org",
             "content":{"membership":"invite","displayname":"Bob"},"prev_events":["$p"],"auth_events":["$a"],"depth":5,
             "origin_server_ts":6,"hashes":{"sha256":"h"},"signatures":{"example.org":{"ed25519:1":"s"}},"origin":"example.org",
             "unsigned":{"age":4}}
            """;

    @Test
    void isTheHashInStandardBase64InV3() throws Exception {
        String redacted =
                "{\"auth_events\":[\"$a\"],\"content\":{\"membership\":\"invite\"},\"depth\":5,\"hashes\":{\"sha256\":\"h\"},\"origin\":\"example.org\",\"origin_server_ts\":6,\"prev_events\":[\"$p\"],\"room_id\":\"!room:example.org\",\"sender\":\"@alice:example.org\",\"state_key\":\"@bob:b.example\",\"type\":\"m.room.member\"}";
        assertThat(Event.parse(RoomVersion.V3, Json.parseObject(PDU)).id().value())
                .isEqualTo(
                        "$"
                                + Base64.getEncoder()
                                        .withoutPadding()
                                        .encodeToString(sha256(redacted)));
    }

    @Test
    void isTheHashInUrlSafeBase64FromV4On() throws Exception {
        // `origin` is kept before v11 and redacted from v11 on.
        String redacted =
                "{\"auth_events\":[\"$a\"],\"content\":{\"membership\":\"invite\"},\"depth\":5,\"hashes\":{\"sha256\":\"h\"},\"origin_server_ts\":6,\"prev_events\":[\"$p\"],\"room_id\":\"!room:example.org\",\"sender\":\"@alice:example.org\",\"state_key\":\"@bob:b.example\",\"type\":\"m.room.member\"}";
        assertThat(Event.parse(RoomVersion.V11, Json.parseObject(PDU)).id().value())
                .isEqualTo(
                        "$"
                                + Base64.getUrlEncoder()
                                        .withoutPadding()
                                        .encodeToString(sha256(redacted)));
        String withOrigin =
                redacted.replace(
                        "\"origin_server_ts\"", "\"origin\":\"example.org\",\"origin_server_ts\"");
        for (RoomVersion version : new RoomVersion[] {RoomVersion.V4, RoomVersion.V10}) {
            assertThat(Event.parse(version, Json.parseObject(PDU)).id().value())
                    .isEqualTo(
                            "$"
                                    + Base64.getUrlEncoder()
                                            .withoutPadding()
                                            .encodeToString(sha256(withOrigin)));
        }
    }

    @Test
    void theContentHashCoversAllButHashesSignaturesAndUnsigned() throws Exception {
        String hashed =
                "{\"auth_events\":[\"$a\"],\"content\":{\"displayname\":\"Bob\",\"membership\":\"invite\"},\"depth\":5,\"origin\":\"example.org\",\"origin_server_ts\":6,\"prev_events\":[\"$p\"],\"room_id\":\"!room:example.org\",\"sender\":\"@alice:example.org\",\"state_key\":\"@bob:b.example\",\"type\":\"m.room.member\"}";
        for (RoomVersion version : RoomVersion.values()) {
            assertThat(EventHashes.contentHash(version, Json.parseObject(PDU)))
                    .isEqualTo(sha256(hashed));
        }
        String sha256 = Base64.getEncoder().encodeToString(sha256(hashed));
        JsonObject pdu = Json.parseObject(PDU);
        assertThat(matches(pdu)).isFalse();
        assertThat(matches(pdu.with("hashes", JsonObject.of("sha256", sha256)))).isTrue();
        assertThat(matches(pdu.with("hashes", JsonObject.of()))).isFalse();
        assertThat(matches(pdu.with("hashes", JsonObject.of("sha256", "?")))).isFalse();
    }

    private static boolean matches(JsonObject pdu) {
        return EventHashes.contentHashMatches(CanonicalJson.encode(pdu));
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void whatIsSignedIsCopiedAsItWouldBeEncoded(RoomVersion version) {
        String[] types = {
            "m.room.member",
            "m.room.power_levels",
            "m.room.redaction",
            "m.room.join_rules",
            "m.room.aliases",
            "m.room.history_visibility",
            "m.room.message"
        };
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomJson json = RandomJson.canonical(random);
            JsonObject content =
                    json.object(3)
                            .with("membership", json.value(1))
                            .with("join_authorised_via_users_server", json.text())
                            .with(
                                    "third_party_invite",
                                    json.object(2).with("signed", json.value(2)))
                            .with("users", json.object(2))
                            .with("redacts", json.text());
            Event event =
                    TestEvents.builder(version)
                            .type(types[random.nextInt(types.length)])
                            .stateKey(random.nextBoolean() ? json.text() : null)
                            .content(content)
                            .sign(TestEvents.SIGNER);
            JsonObject more = event.json().with("origin", "a").with("prev_state", json.value(1));
            for (Event each : new Event[] {event, Event.parse(version, more), event.redacted()}) {
                assertThat(each.signedBytes())
                        .as("seed %d", seed)
                        .isEqualTo(EventHashes.signedBytes(version, each.json()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RoomVersion.class,
            names = {"V1", "V2"},
            mode = Mode.EXCLUDE)
    void outlivesRedactionUnsignedAndFurtherSignatures(RoomVersion version) {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RandomJson json = RandomJson.canonical(random);
            String[] types = {
                "m.room.member",
                "m.room.power_levels",
                "m.room.redaction",
                "m.room.message",
                "m.room.create"
            };
            Event event =
                    TestEvents.builder(version)
                            .type(types[random.nextInt(version == RoomVersion.V12 ? 4 : 5)])
                            .stateKey(random.nextBoolean() ? json.text() : null)
                            .content(json.object(3).with("membership", json.value(1)))
                            .sign(TestEvents.SIGNER);
            assertThat(event.contentHashMatches()).as("seed %d", seed).isTrue();
            Event redacted = Event.parse(version, event.redacted().json());
            assertThat(redacted.id()).as("seed %d", seed).isEqualTo(event.id());
            JsonObject unsigned = event.json().with("unsigned", json.object(2));
            assertThat(Event.parse(version, unsigned).id())
                    .as("seed %d", seed)
                    .isEqualTo(event.id());
            Event signed = event.signedAlsoBy(Keys.of("b.example", 2));
            assertThat(signed.id()).as("seed %d", seed).isEqualTo(event.id());
            assertThat(signed.contentHashMatches()).isTrue();
            Event other = Event.parse(version, event.json().with("depth", event.depth() + 1));
            assertThat(other.id()).isNotEqualTo(event.id());
            assertThat(other.contentHashMatches()).isFalse();
        }
    }

    @Test
    void stringsAsOthersHashThem() {
        // Nothing in the content reaches the hash of a redacted message but `hashes`.
        Event one =
                TestEvents.builder(RoomVersion.V12)
                        .content(JsonObject.of("body", "é"))
                        .sign(TestEvents.SIGNER);
        Event same =
                TestEvents.builder(RoomVersion.V12)
                        .content(JsonObject.of("body", "\u00e9"))
                        .sign(TestEvents.SIGNER);
        Event other =
                TestEvents.builder(RoomVersion.V12)
                        .content(JsonObject.of("body", "e\u0301"))
                        .sign(TestEvents.SIGNER);
        assertThat(same.id()).isEqualTo(one.id());
        assertThat(other.id()).isNotEqualTo(one.id());
    }
}
