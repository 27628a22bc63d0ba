package org.valise.rooms.reading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.tokens.OrderToken;
import org.valise.rooms.tokens.StreamToken;

import java.util.List;
import java.util.Optional;

final class StateReadingTest {
    private static RoomsServer server;
    private static User alice;
    private static User bob;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        bob = server.register("bob");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer get(User user, String room, String path) {
        return server.get(user, "/rooms/" + room + "/" + path);
    }

    @Test
    void givesASinglePieceOfStateAsContentOrAsEvent() {
        String room = server.publicRoom(alice);
        String id = server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "t"));
        for (String path : new String[] {"state/m.room.topic", "state/m.room.topic/"}) {
            assertThat(get(alice, room, path).ok()).isEqualTo(JsonObject.of("topic", "t"));
        }
        JsonObject event = get(alice, room, "state/m.room.topic?format=event").ok();
        assertThat(event.string("event_id")).contains(id);
        assertThat(event.string("room_id")).contains(room);
        assertThat(event.object("content")).contains(JsonObject.of("topic", "t"));
        assertThat(get(alice, room, "state/m.room.topic?format=xml").refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(get(alice, room, "state/m.room.name").refusal()).isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void refusesNulInTypeAndStateKeyAndChangesNothing() {
        long position = server.stream().lastPosition();
        for (JsonObject state :
                new JsonObject[] {
                    JsonObject.of("type", "a\0b", "content", JsonObject.of()),
                    JsonObject.of("type", "a", "state_key", "\0", "content", JsonObject.of())
                }) {
            assertThat(
                            server.post(
                                            alice,
                                            "/createRoom",
                                            JsonObject.of("initial_state", JsonArray.of(state)))
                                    .refusal())
                    .isEqualTo("400 M_BAD_JSON");
        }
        assertThat(server.stream().lastPosition()).isEqualTo(position);
    }

    @Test
    void saysWhatARedactionRedactsWhereClientsOfEitherTimeLook() {
        for (String version : List.of("1", "10", "11", "12")) {
            String room = server.room(alice, JsonObject.of("room_version", version));
            String event = server.say(alice, room, "a slip");
            String redaction =
                    server.put(
                                    alice,
                                    "/rooms/" + room + "/redact/" + event + "/r" + version,
                                    JsonObject.of("reason", "a slip"))
                            .ok()
                            .string("event_id")
                            .orElseThrow();
            JsonObject shown = server.get(alice, "/rooms/" + room + "/event/" + redaction).ok();
            assertThat(shown.string("redacts")).as(version).contains(event);
            assertThat(shown.object("content"))
                    .as(version)
                    .contains(JsonObject.of("redacts", event, "reason", "a slip"));
        }
    }

    @Test
    void keepsRedactedStateAsStateWithoutItsContent() {
        String room = server.publicRoom(alice);
        String id = server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "t"));
        server.put(alice, "/rooms/" + room + "/redact/" + id + "/t", JsonObject.of()).ok();
        assertThat(get(alice, room, "state/m.room.topic").ok()).isEqualTo(JsonObject.of());
        JsonObject event = get(alice, room, "event/" + id).ok();
        assertThat(event.object("content")).contains(JsonObject.of());
        assertThat(event.object("unsigned").orElseThrow().has("redacted_because")).isTrue();
    }

    @Test
    void doesNotShowStateToTheInvitedOrToStrangers() {
        String room = server.room(alice, JsonObject.of());
        Answer unknown = get(bob, "!nowhere:example.org", "state");
        assertThat(get(bob, room, "state")).isEqualTo(unknown);
        server.invite(alice, room, bob);
        for (String path :
                new String[] {
                    "state", "state/m.room.create", "members", "joined_members", "messages?dir=b"
                }) {
            assertThat(get(bob, room, path).refusal()).as(path).isEqualTo("403 M_FORBIDDEN");
        }
        server.leave(bob, room);
        assertThat(get(bob, room, "state")).isEqualTo(unknown);
    }

    @Test
    void filtersMembersByMembershipEitherWay() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        User carol = server.register("carol");
        server.invite(alice, room, carol);
        User dave = server.register("dave");
        server.join(dave, room);
        server.leave(dave, room);
        assertThat(users(get(alice, room, "members?membership=join")))
                .containsExactlyInAnyOrder(alice.id(), bob.id());
        assertThat(users(get(alice, room, "members?not_membership=join")))
                .containsExactlyInAnyOrder(carol.id(), dave.id());
        assertThat(users(get(alice, room, "members?membership=leave&not_membership=join")))
                .containsExactlyInAnyOrder(carol.id(), dave.id());
        assertThat(users(get(alice, room, "members?membership=join&not_membership=leave")))
                .containsExactlyInAnyOrder(alice.id(), bob.id(), carol.id());
        assertThat(users(get(alice, room, "members"))).hasSize(4);
        assertThat(get(alice, room, "members?membership=friend").refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void givesTheMembersAtATokenOfEitherOrder() {
        String room = server.publicRoom(alice);
        String before = new StreamToken(server.stream().applied(), 0).toString();
        server.say(alice, room, "hi");
        String order = get(alice, room, "messages?dir=b&limit=1").ok().string("end").orElseThrow();
        server.join(bob, room);
        assertThat(users(get(alice, room, "members?at=" + before))).containsExactly(alice.id());
        assertThat(users(get(alice, room, "members?at=" + order))).containsExactly(alice.id());
        String now = new StreamToken(server.stream().applied(), 0).toString();
        assertThat(users(get(alice, room, "members?at=" + now))).hasSize(2);
        String first = new OrderToken(RoomOrder.FIRST).toString();
        assertThat(users(get(alice, room, "members?at=" + first))).containsExactly(alice.id());
        assertThat(get(alice, room, "members?at=nonsense").refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }

    private static List<String> users(Answer members) {
        return members.list("chunk").stream()
                .map(e -> e.string("state_key").orElseThrow())
                .toList();
    }

    @Test
    void listsJoinedMembersWithTheirNamesInTheRoom() {
        User erin = server.register("erin");
        server.put(
                        erin,
                        "/profile/" + erin.id() + "/displayname",
                        JsonObject.of("displayname", "Erin"))
                .ok();
        String room = server.publicRoom(erin);
        server.invite(erin, room, bob);
        JsonObject joined = get(erin, room, "joined_members").ok();
        assertThat(joined)
                .isEqualTo(
                        JsonObject.of(
                                "joined",
                                JsonObject.of(
                                        erin.id(),
                                        JsonObject.of(
                                                "display_name",
                                                "Erin",
                                                "avatar_url",
                                                JsonNull.NULL))));
        server.join(bob, room);
        // For matrix-nio the name must be there.
        assertThat(
                        get(erin, room, "joined_members")
                                .ok()
                                .object("joined")
                                .flatMap(members -> members.object(bob.id()))
                                .filter(member -> member.has("display_name")))
                .isPresent();
    }

    @Test
    void tellsTheTransactionIdToTheSendingDeviceOnly() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        String id =
                server.put(
                                alice,
                                "/rooms/" + room + "/send/m.room.message/mine",
                                JsonObject.of("body", "x"))
                        .ok()
                        .string("event_id")
                        .orElseThrow();
        assertThat(unsigned(alice, room, id).string("transaction_id")).contains("mine");
        assertThat(unsigned(bob, room, id).has("transaction_id")).isFalse();
        assertThat(unsigned(bob, room, id).string("membership")).contains("join");
    }

    private static JsonObject unsigned(User user, String room, String event) {
        return get(user, room, "event/" + event).ok().object("unsigned").orElseThrow();
    }

    @Test
    void findsAnEventOnlyInItsOwnRoom() {
        String room = server.publicRoom(alice);
        String other = server.publicRoom(alice);
        String event = server.say(alice, room, "hi");
        assertThat(get(alice, room, "event/" + event).ok().string("event_id")).contains(event);
        for (String path :
                new String[] {
                    "/rooms/" + other + "/event/" + event, "/rooms/" + room + "/event/$x"
                }) {
            assertThat(server.get(alice, path).refusal()).isEqualTo("404 M_NOT_FOUND");
        }
        assertThat(get(alice, room, "event/nonsense").refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(Optional.of(get(bob, room, "event/" + event).refusal()))
                .contains("404 M_NOT_FOUND");
    }
}
