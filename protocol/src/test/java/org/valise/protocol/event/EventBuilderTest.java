package org.valise.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Keys;

import java.util.List;

final class EventBuilderTest {
    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void signsEventsThatOthersAccept(RoomVersion version) {
        Event sent = TestEvents.message(version);
        Event received = Event.parse(version, Json.parseObject(sent.bytes()));
        assertThat(received.id()).isEqualTo(sent.id());
        assertThat(received.contentHashMatches()).isTrue();
        assertThat(EventSignatures.required(received))
                .containsExactly(ServerName.parse("example.org"));
        assertThat(verifies(received)).isTrue();
    }

    private static boolean verifies(Event event) {
        Keys.TestSigner signer = TestEvents.SIGNER;
        return EventSignatures.of(event)
                .verify(signer.server(), signer.keyId(), signer.publicKey(), Keys.VERIFIER);
    }

    @Test
    void makesTheRoomOfAV12CreateEvent() {
        Event create =
                EventBuilder.of(RoomVersion.V12)
                        .key(StateKey.CREATE)
                        .sender(TestEvents.ALICE)
                        .content(JsonObject.of("room_version", "12"))
                        .depth(1)
                        .originServerTs(5)
                        .sign(TestEvents.SIGNER);
        assertThat(create.json().has("room_id")).isFalse();
        assertThat(create.roomId().createEvent()).contains(create.id());
        assertThat(create.prevEvents()).isEmpty();
        assertThat(create.authEvents()).isEmpty();
        assertThat(verifies(create)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void placesRedactsAsTheVersionWantsIt(RoomVersion version) {
        Event redaction =
                TestEvents.builder(version)
                        .type("m.room.redaction")
                        .content(JsonObject.of("reason", "x"))
                        .redacts(TestEvents.reference(version, 4))
                        .sign(TestEvents.SIGNER);
        assertThat(redaction.redacts()).isEqualTo(TestEvents.reference(version, 4));
        assertThat(redaction.json().has("redacts"))
                .isEqualTo(!version.has(Tweak.REDACTS_IN_CONTENT));
        assertThat(redaction.content().has("redacts"))
                .isEqualTo(version.has(Tweak.REDACTS_IN_CONTENT));
        assertThat(redaction.content().string("reason")).contains("x");
    }

    @Test
    void writesReferenceHashesInTheFirstVersions() {
        Event referred = TestEvents.message(RoomVersion.V1);
        Event event =
                TestEvents.builder(RoomVersion.V1)
                        .prevEvents(List.of(referred.id(), TestEvents.reference(RoomVersion.V1, 2)))
                        .referenceHash(referred.id(), referred.referenceHash())
                        .sign(TestEvents.SIGNER);
        JsonArray pair = (JsonArray) event.json().array("prev_events").orElseThrow().get(0);
        assertThat(((JsonObject) pair.get(1)).string("sha256").orElseThrow()).hasSize(43);
        assertThat(event.prevEvents()).hasSize(2).startsWith(referred.id());
    }

    @Test
    void aTemplateSignedElsewhereIsTheSameEvent() {
        JsonObject template = TestEvents.builder(RoomVersion.V10).template();
        assertThat(template.has("hashes")).isFalse();
        assertThat(template.has("signatures")).isFalse();
        Event event =
                EventBuilder.sign(
                        RoomVersion.V10,
                        template.with("unsigned", JsonObject.of("x", 1))
                                .with("hashes", JsonObject.of("sha256", "wrong")),
                        TestEvents.SIGNER);
        assertThat(event.bytes()).isEqualTo(TestEvents.message(RoomVersion.V10).bytes());
    }

    @Test
    void refusesToSignWhatIsNoEvent() {
        EventBuilder floats = TestEvents.builder(RoomVersion.V11).content(JsonObject.of("x", 1.5));
        assertThatThrownBy(() -> floats.sign(TestEvents.SIGNER)).isInstanceOf(InvalidEvent.class);
        EventBuilder large =
                TestEvents.builder(RoomVersion.V11).content(JsonObject.of("x", "x".repeat(65_536)));
        assertThatThrownBy(() -> large.sign(TestEvents.SIGNER))
                .isInstanceOfSatisfying(InvalidEvent.class, e -> assertThat(e.tooLarge()).isTrue());
        assertThatThrownBy(() -> EventBuilder.of(RoomVersion.V11).sign(TestEvents.SIGNER))
                .isInstanceOf(InvalidEvent.class);
    }
}
