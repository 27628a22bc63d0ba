package org.valise.bench.resident;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.federation.keys.Ed25519;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Base64s;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// A room that a server joins must be one that it may believe.
class ResidentRoomTest {
    private static final Ed25519 VERIFIER = Ed25519.fastest();

    private final List<MockKey> servers =
            IntStream.range(0, 3)
                    .mapToObj(i -> new MockKey(ServerName.parse("s" + i + ".bench.mock")))
                    .toList();
    private final ResidentRoom room = new ResidentRoom(servers, 7, 10);

    @Test
    void everyEventIsAllowedByThoseBeforeIt() {
        JsonObject answer = Json.parseObject(room.join(joinOf("@joiner:example.org")));
        List<Event> before = new ArrayList<>();
        for (JsonObject pdu : answer.array("state").orElseThrow().objects()) {
            Event event = Event.parse(RoomVersion.DEFAULT, pdu);
            assertThat(AuthRules.check(event, AuthState.of(before), VERIFIER).isAllowed())
                    .as(event.type())
                    .isTrue();
            assertBelievable(event);
            before.add(event);
        }
        assertThat(before).hasSize(5 + 10);
        List<Event> chain =
                answer.array("auth_chain").orElseThrow().objects().stream()
                        .map(pdu -> Event.parse(RoomVersion.DEFAULT, pdu))
                        .toList();
        assertThat(before)
                .allSatisfy(event ->
                        assertThat(chain).extracting(Event::id).containsAll(event.authEvents()));
    }

    @Test
    void messagesFollowTheJoin() {
        JsonObject join = joinOf("@joiner:example.org");
        var _ = room.join(join);
        List<Event> messages = room.messages(4, 3);
        assertThat(messages.getFirst().prevEvents())
                .containsExactly(Event.parse(RoomVersion.DEFAULT, join).id());
        assertThat(messages.get(1).prevEvents()).containsExactly(messages.getFirst().id());
        assertThat(messages).allSatisfy(this::assertBelievable);
        assertThat(messages.getFirst().sender().server()).isEqualTo(servers.get(1).server());
    }

    private void assertBelievable(Event event) {
        assertThat(event.contentHashMatches()).isTrue();
        MockKey key =
                servers.stream()
                        .filter(one -> one.server().equals(event.sender().server()))
                        .findAny()
                        .orElseThrow();
        byte[] publicKey =
                key.statement()
                        .object("verify_keys")
                        .flatMap(keys -> keys.object(key.keyId().value()))
                        .flatMap(stated -> stated.string("key"))
                        .flatMap(Base64s::decode)
                        .orElseThrow();
        assertThat(EventSignatures.verify(event, key.server(), key.keyId(), publicKey, VERIFIER))
                .isTrue();
    }

    private JsonObject joinOf(String user) {
        UserId joiner = UserId.parse(user);
        JsonObject template = room.template(joiner).object("event").orElseThrow();
        return Event.parse(
                        RoomVersion.DEFAULT,
                        template.with("hashes", JsonObject.of())
                                .with("signatures", JsonObject.of()))
                .json();
    }
}
