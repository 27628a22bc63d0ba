package org.valise.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;

final class EventTest {
    private static Event stored(Event event) {
        return Event.ofStored(event.version(), event.id(), event.bytes().clone());
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void saysWhatItsJsonSays(RoomVersion version) {
        Event parsed = Event.parse(version, TestEvents.pdu(version));
        for (Event event : List.of(parsed, stored(parsed))) {
            assertThat(event.version()).isEqualTo(version);
            assertThat(event.roomId()).isEqualTo(TestEvents.room(version));
            assertThat(event.type()).isEqualTo("m.room.message");
            assertThat(event.stateKey()).isNull();
            assertThat(event.isState()).isFalse();
            assertThat(event.sender()).isEqualTo(TestEvents.ALICE);
            assertThat(event.content())
                    .isEqualTo(JsonObject.of("body", "Hello", "msgtype", "m.text"));
            assertThat(event.prevEvents())
                    .containsExactly(
                            TestEvents.reference(version, 1), TestEvents.reference(version, 2));
            assertThat(event.authEvents()).containsExactly(TestEvents.reference(version, 3));
            assertThat(event.depth()).isEqualTo(7);
            assertThat(event.originServerTs()).isEqualTo(1_700_000_000_000L);
            assertThat(event.redacts()).isNull();
            assertThat(event.json()).isEqualTo(TestEvents.pdu(version));
            assertThat(event.bytes()).isEqualTo(CanonicalJson.encode(event.json()));
            assertThatThrownBy(event::key).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void stateEventsHaveAKey() {
        Event parsed =
                TestEvents.builder(RoomVersion.V12)
                        .type("m.room.name")
                        .stateKey("")
                        .sign(TestEvents.SIGNER);
        for (Event event : List.of(parsed, stored(parsed))) {
            assertThat(event.isState()).isTrue();
            assertThat(event.key()).isEqualTo(new StateKey("m.room.name", ""));
            assertThat(event.isState("m.room.name", "")).isTrue();
            assertThat(event.isState("m.room.name", "x")).isFalse();
            assertThat(event.isState("m.room.topic", "")).isFalse();
        }
        assertThat(StateKey.member(TestEvents.ALICE))
                .isEqualTo(new StateKey("m.room.member", "@alice:example.org"));
        assertThat(new StateKey("a", "z")).isLessThan(new StateKey("b", "a"));
        assertThat(new StateKey("a", "a")).isLessThan(new StateKey("a", "b"));
    }

    @Test
    void dropsUnsigned() {
        JsonObject pdu = TestEvents.pdu(RoomVersion.V11);
        Event event = Event.parse(RoomVersion.V11, pdu.with("unsigned", JsonObject.of("age", 1.5)));
        assertThat(event.json()).isEqualTo(pdu);
        assertThat(event.id()).isEqualTo(TestEvents.message(RoomVersion.V11).id());
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void readsWhatARedactionRedactsWhereTheVersionPutsIt(RoomVersion version) {
        EventId target = TestEvents.reference(version, 9);
        EventId decoy = TestEvents.reference(version, 8);
        boolean inContent = version.has(Tweak.REDACTS_IN_CONTENT);
        JsonObject pdu =
                TestEvents.pdu(version)
                        .with("type", "m.room.redaction")
                        .with("redacts", (inContent ? decoy : target).value())
                        .with(
                                "content",
                                JsonObject.of("redacts", (inContent ? target : decoy).value()));
        assertThat(Event.parse(version, pdu).redacts()).isEqualTo(target);
        assertThat(stored(Event.parse(version, pdu)).redacts()).isEqualTo(target);
        assertThat(Event.parse(version, pdu.with("type", "m.room.message")).redacts()).isNull();
        JsonObject odd =
                pdu.with("redacts", 5).with("content", JsonObject.of("redacts", "nothing"));
        assertThat(Event.parse(version, odd).redacts()).isNull();
    }

    @Test
    void theRoomOfAV12CreateEventIsItsHash() {
        JsonObject pdu =
                TestEvents.pdu(RoomVersion.V12)
                        .with("type", "m.room.create")
                        .with("state_key", "")
                        .with("content", JsonObject.of("room_version", "12"))
                        .without("room_id");
        Event create = Event.parse(RoomVersion.V12, pdu);
        assertThat(create.roomId()).isEqualTo(RoomId.parse("!" + create.id().value().substring(1)));
        assertThat(stored(create).roomId()).isEqualTo(create.roomId());
        assertThat(create.roomId().createEvent()).contains(create.id());
        assertThat(create.roomId().originServer()).isEmpty();
    }

    @Test
    void findsTheContentInTheBytes() {
        Event event =
                TestEvents.builder(RoomVersion.V10)
                        .content(JsonObject.of("a}\"", "{\"content\":1}"))
                        .sign(TestEvents.SIGNER);
        int[] span = event.contentSpan();
        assertThat(Json.parse(event.bytes(), span[0], span[1])).isEqualTo(event.content());
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void redactedItKeepsItsIdAndItsSignatures(RoomVersion version) {
        Event event = TestEvents.message(version);
        Event redacted = event.redacted();
        assertThat(redacted.id()).isEqualTo(event.id());
        assertThat(redacted.content().isEmpty()).isTrue();
        assertThat(redacted.sender()).isEqualTo(event.sender());
        assertThat(event.contentHashMatches()).isTrue();
        assertThat(redacted.contentHashMatches()).isFalse();
        assertThat(Event.parse(version, redacted.json()).id()).isEqualTo(event.id());
        assertThat(
                        EventSignatures.of(redacted)
                                .verify(
                                        TestEvents.SIGNER.server(),
                                        TestEvents.SIGNER.keyId(),
                                        TestEvents.SIGNER.publicKey(),
                                        org.valise.protocol.signature.Keys.VERIFIER))
                .isTrue();
        assertThat(redacted.redacted().bytes()).isEqualTo(redacted.bytes());
    }

    @Test
    void manyThreadsMayReadAStoredEventAtOnce() throws InterruptedException {
        Event reference = TestEvents.member(RoomVersion.V12, JsonObject.of("membership", "join"));
        for (int round = 0; round < 200; round++) {
            Event event = stored(reference);
            CyclicBarrier barrier = new CyclicBarrier(4);
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 4; i++) {
                threads.add(
                        Thread.ofPlatform()
                                .uncaughtExceptionHandler((t, e) -> failures.add(e))
                                .start(() -> {
                                    try {
                                        barrier.await();
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                    assertThat(event.key()).isEqualTo(reference.key());
                                    assertThat(event.content()).isEqualTo(reference.content());
                                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }
}
