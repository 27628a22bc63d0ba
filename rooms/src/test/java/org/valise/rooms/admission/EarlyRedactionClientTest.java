package org.valise.rooms.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;
import org.valise.rooms.timeline.RoomRef;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What clients see of redactions that come before their targets, on two nodes.
final class EarlyRedactionClientTest {
    private static final EventSignatureCheck SIGNED = events -> Set.of();

    private final RoomsServer server = RoomsServer.start();
    private final RoomsServer twin = server.twin();

    @AfterEach
    void stop() {
        twin.close();
        server.close();
    }

    @Test
    void areShownNeitherTheRedactionBeforeItsTargetNorTheTargetWithItsContent()
            throws InterruptedException {
        User alice = server.register("alice");
        RemoteRoom remote = new RemoteRoom(RoomVersion.V10);
        EventAdmission admission = server.rooms().admission();
        RoomRef room = admission.room(remote.id, remote.version);
        Event join =
                remote.say(
                        List.of(remote.newest()),
                        UserId.parse(alice.id()),
                        "m.room.member",
                        alice.id(),
                        RemoteRoom.member("join"));
        Collection<EventId> state = remote.stateBefore(join.id()).values();
        admission.receiveOutliers(room, List.copyOf(remote.authChains(state)), SIGNED);
        admission.join(room, join, state, SIGNED);
        Event secret =
                remote.say(
                        List.of(join),
                        RemoteRoom.ROSE,
                        "m.room.message",
                        null,
                        JsonObject.of("body", "secret"));
        Event redaction =
                remote.say(
                        List.of(join),
                        RemoteRoom.ROSE,
                        "m.room.redaction",
                        null,
                        JsonObject.of("reason", "slipped out"),
                        secret.id());
        String path = "/rooms/" + remote.id + "/event/";

        admission.receive(room, redaction, null, SIGNED);
        for (RoomsServer node : List.of(server, twin)) {
            catchUp(node);
            assertThat(node.get(alice, path + redaction.id()).status()).isEqualTo(404);
            assertThat(messages(node, alice, remote)).doesNotContainKey(redaction.id().value());
        }

        admission.receive(room, secret, null, SIGNED);
        for (RoomsServer node : List.of(server, twin)) {
            catchUp(node);
            Map<String, JsonObject> shown = messages(node, alice, remote);
            assertThat(shown).containsKey(redaction.id().value());
            for (JsonObject event :
                    List.of(
                            shown.get(secret.id().value()),
                            node.get(alice, path + secret.id()).ok())) {
                assertThat(event.object("content")).contains(JsonObject.of());
                assertThat(
                                event.object("unsigned")
                                        .flatMap(unsigned -> unsigned.object("redacted_because"))
                                        .flatMap(because -> because.string("event_id")))
                        .contains(redaction.id().value());
            }
        }
    }

    private void catchUp(RoomsServer node) throws InterruptedException {
        assertThat(node.stream().await(server.stream().lastPosition(), Duration.ofSeconds(60)))
                .isTrue();
    }

    private static Map<String, JsonObject> messages(
            RoomsServer node, User reader, RemoteRoom room) {
        return node
                .get(reader, "/rooms/" + room.id + "/messages?dir=b&limit=50")
                .list("chunk")
                .stream()
                .collect(
                        Collectors.toMap(
                                event -> event.string("event_id").orElseThrow(), event -> event));
    }

    /// SECURITY: a redaction of a redaction of a redaction … would nest without end.
    @Test
    void areShownTheRedactionButNotWhatRedactedThat() {
        User alice = server.register("bella");
        String room = server.publicRoom(alice);
        String said = server.say(alice, room, "said");
        String last = said;
        for (int i = 0; i < 4; i++) {
            last =
                    server.put(
                                    alice,
                                    "/rooms/" + room + "/redact/" + last + "/r" + i,
                                    JsonObject.of())
                            .ok()
                            .string("event_id")
                            .orElseThrow();
        }
        JsonObject event = server.get(alice, "/rooms/" + room + "/event/" + said).ok();
        JsonObject because =
                event.object("unsigned").orElseThrow().object("redacted_because").orElseThrow();
        assertThat(because.object("unsigned").orElseThrow().object("redacted_because")).isEmpty();
    }
}
