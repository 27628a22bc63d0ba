package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Classic sync over HTTP: what servers usually get wrong.
final class SyncTest {
    private static final String SYNC = "/_matrix/client/v3/sync";
    private static final String LAZY =
            encoded(
                    "{\"room\":{\"timeline\":{\"limit\":3},\"state\":{\"lazy_load_members\":true}}}");
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-s" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-s" + people);
    private final String room = createRoom(alice, JsonObject.of("preset", "public_chat"));

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void aRoomJoinedSinceComesWithItsFullState() {
        String since = token(bob.get(SYNC));
        join(bob);
        JsonObject joined = joined(bob, since, "").orElseThrow();
        assertThat(types(joined, "state", "timeline"))
                .contains("m.room.create", "m.room.power_levels", "m.room.join_rules");
    }

    @Test
    void aRoomLeftAndRejoinedComesWithItsFullState() {
        join(bob);
        String since = token(bob.get(SYNC));
        leave(bob);
        join(bob);
        for (int i = 0; i < 12; i++) {
            say(alice, "m" + i);
        }
        JsonObject joined = joined(bob, since, "").orElseThrow();
        assertThat(types(joined, "state", "timeline"))
                .contains("m.room.create", "m.room.power_levels");
    }

    @Test
    void aLeaveShowsOnceWithNothingSentAfterIt() {
        join(bob);
        String since = token(bob.get(SYNC));
        say(alice, "before");
        leave(bob);
        say(alice, "after");
        TestClient.Answer answer = bob.get(SYNC + "?since=" + since);
        JsonObject left = section(answer.json(), "leave", room).orElseThrow();
        assertThat(bodies(left)).containsExactly("before");
        assertThat(types(left, "timeline")).endsWith("m.room.member");
        assertThat(section(answer.json(), "join", room)).isEmpty();
        TestClient.Answer next = bob.get(SYNC + "?since=" + token(answer));
        assertThat(section(next.json(), "leave", room)).isEmpty();
        assertThat(section(bob.get(SYNC).json(), "leave", room)).isEmpty();
    }

    @Test
    void aKickReachesItsTargetWithTheReason() {
        join(bob);
        String since = token(bob.get(SYNC));
        alice.post(path("/kick"), JsonObject.of("user_id", bob.userId(), "reason", "too loud"));
        JsonObject left =
                section(bob.get(SYNC + "?since=" + since).json(), "leave", room).orElseThrow();
        assertThat(left.toString()).contains("too loud");
    }

    @Test
    void anInvitationShowsStrippedStateAndADeclinedOneEndsOnce() {
        String secret = createRoom(alice, JsonObject.of("name", "The plan"));
        String since = token(bob.get(SYNC));
        alice.post(
                "/_matrix/client/v3/rooms/" + encoded(secret) + "/invite",
                JsonObject.of("user_id", bob.userId()));
        TestClient.Answer answer = bob.get(SYNC + "?since=" + since);
        JsonObject invited = section(answer.json(), "invite", secret).orElseThrow();
        assertThat(invited.toString()).contains("The plan").contains("m.room.create");
        assertThat(invited.toString()).doesNotContain("event_id");
        bob.post("/_matrix/client/v3/rooms/" + encoded(secret) + "/leave", JsonObject.of());
        TestClient.Answer declined = bob.get(SYNC + "?since=" + token(answer));
        JsonObject left = section(declined.json(), "leave", secret).orElseThrow();
        assertThat(types(left, "timeline", "state")).containsExactly("m.room.member");
        assertThat(section(bob.get(SYNC + "?since=" + token(declined)).json(), "leave", secret))
                .isEmpty();
    }

    @Test
    void aLimitedSyncCarriesEveryMembershipChangeOfTheGapEvenWhenLazy() {
        String since = token(alice.get(SYNC + "?filter=" + LAZY));
        join(bob);
        for (int i = 0; i < 10; i++) {
            say(alice, "m" + i);
        }
        JsonObject joined = joined(alice, since, "&filter=" + LAZY).orElseThrow();
        assertThat(joined.object("timeline").orElseThrow().bool("limited")).contains(true);
        assertThat(joined.object("state").orElseThrow().toString()).contains(bob.userId());
        assertThat(bodies(joined)).containsExactly("m7", "m8", "m9");
    }

    @Test
    void repeatingAnOldSinceNeverYieldsLess() {
        // Nobody is a hero of a room with a name.
        alice.send("PUT", path("/state/m.room.name/"), JsonObject.of("name", "A name"));
        join(bob);
        for (int i = 0; i < 3; i++) {
            say(alice, "m" + i);
        }
        String since = token(alice.get(SYNC + "?filter=" + LAZY));
        say(bob, "hello");
        JsonObject first = joined(alice, since, "&filter=" + LAZY).orElseThrow();
        JsonObject again = joined(alice, since, "&filter=" + LAZY).orElseThrow();
        assertThat(types(first, "state")).contains("m.room.member");
        assertThat(types(again, "state")).isEqualTo(types(first, "state"));
        assertThat(bodies(again)).isEqualTo(bodies(first));
    }

    @Test
    void unreadCountsFallToZeroWithTheReceiptAndOnesOwnMessagesNeverCount() {
        join(bob);
        String since = token(bob.get(SYNC));
        say(alice, "one");
        String last = say(alice, "two");
        assertThat(unread(joined(bob, since, "").orElseThrow())).isEqualTo(2);
        assertThat(unread(joined(alice, since, "").orElseThrow())).isZero();
        TestClient.Answer before = bob.get(SYNC + "?since=" + since);
        bob.post(path("/receipt/m.read/" + encoded(last)), JsonObject.of());
        JsonObject after = joined(bob, token(before), "").orElseThrow();
        assertThat(unread(after)).isZero();
        assertThat(after.toString()).contains("m.receipt");
        assertThat(unread(section(bob.get(SYNC).json(), "join", room).orElseThrow())).isZero();
    }

    @Test
    void stateAfterRunsToTheEndOfTheTimeline() {
        String since = token(alice.get(SYNC));
        alice.send("PUT", path("/state/m.room.topic/"), JsonObject.of("topic", "new"));
        JsonObject plain = joined(alice, since, "").orElseThrow();
        assertThat(types(plain, "state")).isEmpty();
        JsonObject after = joined(alice, since, "&use_state_after=true").orElseThrow();
        assertThat(types(after, "state_after")).containsExactly("m.room.topic");
        assertThat(after.has("state")).isFalse();
    }

    @Test
    void tellsTheTransactionIdToTheSendingDeviceOnly() {
        join(bob);
        String since = token(bob.get(SYNC));
        say(alice, "whose");
        assertThat(joined(alice, since, "").orElseThrow().toString()).contains("transaction_id");
        assertThat(joined(bob, since, "").orElseThrow().toString())
                .doesNotContain("transaction_id");
    }

    @Test
    void asksTheDatabaseNothingForAnAccountInFiveThousandRoomsWhenNothingIsNew() {
        String since = token(bob.get(SYNC));
        // Rooms that bob has been in for long: a node that has not met him yet learns of them.
        SERVER.database()
                .run(tx ->
                        tx.update(
                                """
                                INSERT INTO rooms.membership
                                    (user_number, room, position, membership, event)
                                SELECT u.number, 1000000 + i, 1, 3, 0
                                FROM accounts.user_number u, generate_series(1, 5000) AS i
                                WHERE u.user_id = ?
                                """,
                                bob.userId()));
        try (TestServer node = SERVER.secondNode()) {
            TestClient there = bob.at(node);
            String now = token(there.get(SYNC + "?since=" + since));
            // The one query that a node of several needs: how far the others are.
            assertThat(node.statementsFor(() -> token(there.get(SYNC + "?since=" + now))))
                    .isEqualTo(1);
        }
    }

    @Test
    void refusesATokenThatIsNotOurs() {
        assertThat(alice.get(SYNC + "?since=nonsense").status()).isEqualTo(400);
        assertThat(alice.get(SYNC + "?since=s1_-1_0").status()).isEqualTo(400);
    }

    private String say(TestClient who, String body) {
        TestClient.Answer answer =
                who.send(
                        "PUT",
                        path("/send/m.room.message/" + encoded(who.userId() + body)),
                        JsonObject.of("msgtype", "m.text", "body", body));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().string("event_id").orElseThrow();
    }

    private void join(TestClient who) {
        who.post(path("/join"), JsonObject.of());
    }

    private void leave(TestClient who) {
        who.post(path("/leave"), JsonObject.of());
    }

    private String path(String rest) {
        return "/_matrix/client/v3/rooms/" + encoded(room) + rest;
    }

    private Optional<JsonObject> joined(TestClient who, String since, String more) {
        return section(who.get(SYNC + "?since=" + since + more).json(), "join", room);
    }

    private static Optional<JsonObject> section(JsonObject sync, String name, String room) {
        return sync.object("rooms")
                .flatMap(rooms -> rooms.object(name))
                .flatMap(rooms -> rooms.object(room));
    }

    private static List<String> types(JsonObject room, String... sections) {
        return List.of(sections).stream()
                .flatMap(section -> room.object(section).stream())
                .flatMap(section -> section.array("events").orElseThrow().objects().stream())
                .map(event -> event.string("type").orElseThrow())
                .toList();
    }

    private static List<String> bodies(JsonObject room) {
        return room
                .object("timeline")
                .orElseThrow()
                .array("events")
                .orElseThrow()
                .objects()
                .stream()
                .filter(event -> event.string("type").orElse("").equals("m.room.message"))
                .map(event -> event.object("content").orElseThrow().string("body").orElseThrow())
                .toList();
    }

    private static long unread(JsonObject room) {
        return room.object("unread_notifications")
                .flatMap(counts -> counts.integer("notification_count"))
                .orElseThrow();
    }

    private static String token(TestClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().string("next_batch").orElseThrow();
    }

    private static String createRoom(TestClient creator, JsonObject request) {
        return creator.post("/_matrix/client/v3/createRoom", request)
                .string("room_id")
                .orElseThrow();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
