package org.valise.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.Collections;
import java.util.List;

/// Spec: Room Versions, "Event format"; Client-Server API, "Size limits".
final class EventFormatTest {
    private static void assertAccepted(RoomVersion version, JsonObject pdu) {
        assertThat(Event.parse(version, pdu)).isNotNull();
    }

    private static void assertRefused(RoomVersion version, JsonObject pdu) {
        assertThatThrownBy(() -> Event.parse(version, pdu)).isInstanceOf(InvalidEvent.class);
    }

    private static void assertTooLarge(RoomVersion version, JsonObject pdu) {
        assertThatThrownBy(() -> Event.parse(version, pdu))
                .isInstanceOfSatisfying(InvalidEvent.class, e -> assertThat(e.tooLarge()).isTrue());
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void refusesEventsThatLackARequiredField(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        assertAccepted(version, pdu);
        for (String key : pdu.keys()) {
            assertRefused(version, pdu.without(key));
        }
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void refusesFieldsOfAnotherType(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        for (String key : pdu.keys()) {
            for (Object wrong :
                    new Object[] {
                        null, true, 1.5, "7", JsonArray.of(7), 7, JsonObject.of("x", 1)
                    }) {
                boolean right =
                        wrong instanceof JsonObject
                                        && List.of("content", "hashes", "signatures").contains(key)
                                || wrong instanceof Integer
                                        && List.of("depth", "origin_server_ts").contains(key)
                                || wrong instanceof String && key.equals("type");
                if (!right) {
                    assertRefused(version, pdu.with(key, wrong));
                }
            }
        }
        assertRefused(version, pdu.with("state_key", null));
        assertRefused(version, pdu.with("state_key", 7));
        assertAccepted(version, pdu.with("state_key", ""));
        assertAccepted(version, pdu.with("type", ""));
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void refusesIdentifiersThatAreNone(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        assertRefused(version, pdu.with("sender", "alice"));
        assertRefused(version, pdu.with("sender", "@" + "a".repeat(255) + ":b"));
        assertRefused(version, pdu.with("room_id", "#room:example.org"));
        assertAccepted(version, pdu.with("sender", "@Historical user é:example.org"));
        assertAccepted(version, pdu.with("sender", "@:example.org"));
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void limitsTypeAndStateKeyTo255Bytes(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        for (String key : List.of("type", "state_key")) {
            assertAccepted(version, pdu.with(key, "x".repeat(255)));
            assertTooLarge(version, pdu.with(key, "x".repeat(256)));
            assertAccepted(version, pdu.with(key, "é".repeat(127) + "x"));
            assertTooLarge(version, pdu.with(key, "é".repeat(128)));
            assertAccepted(version, pdu.with(key, "😀".repeat(63) + "日"));
            assertTooLarge(version, pdu.with(key, "😀".repeat(64)));
        }
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void limitsTheWholeEventTo65536Bytes(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        JsonObject content = JsonObject.of("body", "");
        int rest =
                Event.MAX_BYTES - Event.parse(version, pdu.with("content", content)).bytes().length;
        JsonObject largest = pdu.with("content", JsonObject.of("body", "x".repeat(rest)));
        assertThat(Event.parse(version, largest).bytes()).hasSize(65_536);
        assertTooLarge(version, pdu.with("content", JsonObject.of("body", "x".repeat(rest + 1))));
        assertTooLarge(
                version, pdu.with("content", JsonObject.of("body", "é".repeat(rest / 2 + 1))));
        assertAccepted(version, largest.with("unsigned", JsonObject.of("body", "x".repeat(100))));
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void limitsReferences(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        Object reference = pdu.array("prev_events").orElseThrow().get(0);
        assertAccepted(version, pdu.with("prev_events", Collections.nCopies(20, reference)));
        assertRefused(version, pdu.with("prev_events", Collections.nCopies(21, reference)));
        assertAccepted(version, pdu.with("auth_events", Collections.nCopies(10, reference)));
        assertRefused(version, pdu.with("auth_events", Collections.nCopies(11, reference)));
        assertAccepted(version, pdu.with("prev_events", List.of()));
        assertAccepted(version, pdu.with("auth_events", List.of()));
    }

    @ParameterizedTest
    @EnumSource(
            value = RoomVersion.class,
            names = {"V1", "V2"})
    void referencesArePairsInTheFirstVersions(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        for (String key : List.of("prev_events", "auth_events")) {
            assertAccepted(
                    version,
                    pdu.with(key, Json.parse("[[\"$a:b\",{\"sha256\":\"x\"}],[\"$c:d\",{}]]")));
            assertRefused(version, pdu.with(key, Json.parse("[\"$a:b\"]")));
            assertRefused(version, pdu.with(key, Json.parse("[[\"$a:b\"]]")));
            assertRefused(version, pdu.with(key, Json.parse("[[\"$a:b\",\"x\"]]")));
            assertRefused(version, pdu.with(key, Json.parse("[[\"$a:b\",{},{}]]")));
            assertRefused(version, pdu.with(key, Json.parse("[[{},\"$a:b\"]]")));
            assertRefused(version, pdu.with(key, Json.parse("[[\"a:b\",{}]]")));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RoomVersion.class,
            names = {"V1", "V2"},
            mode = Mode.EXCLUDE)
    void referencesAreIdsFromV3On(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        for (String key : List.of("prev_events", "auth_events")) {
            assertAccepted(version, pdu.with(key, Json.parse("[\"$abc\",\"$def\"]")));
            assertRefused(version, pdu.with(key, Json.parse("[[\"$a:b\",{}]]")));
            assertRefused(version, pdu.with(key, Json.parse("[\"abc\"]")));
            assertRefused(version, pdu.with(key, Json.parse("[\"$" + "a".repeat(255) + "\"]")));
            assertRefused(version, pdu.with(key, Json.parse("[5]")));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RoomVersion.class,
            names = {"V1", "V2"})
    void eventIdsHaveADomainInTheFirstVersions(RoomVersion version) {
        assertRefused(version, TestEvents.pdu(version).with("event_id", "$own"));
        assertRefused(version, TestEvents.pdu(version).with("event_id", "own:example.org"));
        assertThat(Event.parse(version, TestEvents.pdu(version).with("event_id", "$x:y")).id())
                .hasToString("$x:y");
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void limitsTheDepth(RoomVersion version) {
        JsonObject pdu = TestEvents.pdu(version);
        boolean strict = version.has(Tweak.STRICT_CANONICAL_JSON);
        assertAccepted(version, pdu.with("depth", 0));
        assertAccepted(version, pdu.with("depth", (1L << 53) - 1));
        assertRefused(version, pdu.with("depth", -1));
        assertRefused(version, pdu.with("depth", Json.parse("9223372036854775808")));
        assertRefused(version, pdu.with("depth", Json.parse("7.0")));
        if (strict) {
            assertRefused(version, pdu.with("depth", 1L << 53));
        } else {
            assertThat(Event.parse(version, pdu.with("depth", Long.MAX_VALUE)).depth())
                    .isEqualTo(Long.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void enforcesCanonicalNumbersFromV6On(RoomVersion version) {
        for (String number :
                List.of("1.5", "1e3", "-0", "9007199254740992", "123456789012345678901234567890")) {
            JsonObject pdu =
                    TestEvents.pdu(version).with("content", JsonObject.of("x", Json.parse(number)));
            if (version.has(Tweak.STRICT_CANONICAL_JSON)) {
                assertRefused(version, pdu);
            } else {
                assertAccepted(version, pdu);
            }
        }
    }

    @Test
    void roomIdsAreOfTheirVersion() {
        assertRefused(
                RoomVersion.V11,
                TestEvents.pdu(RoomVersion.V11).with("room_id", "!" + "R".repeat(43)));
        assertRefused(
                RoomVersion.V12,
                TestEvents.pdu(RoomVersion.V12).with("room_id", "!room:example.org"));
    }

    @Test
    void onlyTheCreateEventGoesWithoutARoomIdInV12() {
        JsonObject pdu = TestEvents.pdu(RoomVersion.V12);
        JsonObject create =
                pdu.with("type", "m.room.create").with("state_key", "").without("room_id");
        assertAccepted(RoomVersion.V12, create);
        assertRefused(RoomVersion.V12, create.with("room_id", "!" + "R".repeat(43)));
        assertRefused(RoomVersion.V12, create.with("state_key", "x"));
        assertRefused(RoomVersion.V12, create.without("state_key"));
        assertRefused(RoomVersion.V12, create.with("type", "m.room.created"));
        assertRefused(RoomVersion.V11, create);
        assertAccepted(RoomVersion.V11, create.with("room_id", "!room:example.org"));
    }

    @Test
    void refusesTextWithoutAnEncoding() {
        JsonObject pdu = TestEvents.pdu(RoomVersion.V11);
        assertRefused(RoomVersion.V11, pdu.with("content", JsonObject.of("x", "\ud800")));
        assertRefused(
                RoomVersion.V1,
                TestEvents.pdu(RoomVersion.V1).with("content", JsonObject.of("\udc00", 1)));
    }
}
