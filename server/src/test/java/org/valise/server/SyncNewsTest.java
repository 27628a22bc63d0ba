package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;

/// What `/sync` tells beside events: account data, receipts, counts, ignored users.
final class SyncNewsTest {
    private static final TestServer SERVER = TestServer.start();
    private static final String THREADS =
            Synced.filter(
                    "{\"room\":{\"timeline\":{\"limit\":30,\"unread_thread_notifications\":true}}}");
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-n" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-n" + people);
    private final TestRoom room = TestRoom.open(alice);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static void put(TestClient who, String path, JsonObject content) {
        TestClient.Answer answer =
                who.send(
                        "PUT",
                        "/_matrix/client/v3/user/" + Synced.encoded(who.userId()) + path,
                        content);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private String inRoom(String path) {
        return "/rooms/" + Synced.encoded(room.id()) + path;
    }

    @Test
    void accountDataOfARoomComesThoughNothingElseHappensInIt() {
        Synced before = Synced.initial(alice);
        put(alice, inRoom("/account_data/m.marked_unread"), JsonObject.of("unread", true));
        put(alice, inRoom("/tags/m.favourite"), JsonObject.of("order", 1));
        Synced.Room joined = before.next(alice).joined(room.id());
        assertThat(joined.content("account_data", "m.marked_unread"))
                .isEqualTo(JsonObject.of("unread", true));
        assertThat(joined.content("account_data", "m.tag").toString()).contains("m.favourite");
        assertThat(joined.types("timeline", "state")).isEmpty();
        assertThat(before.next(alice).next(alice).json().object("rooms")).isEmpty();
        assertThat(Synced.initial(alice).joined(room.id()).types("account_data"))
                .contains("m.marked_unread", "m.tag");
    }

    @Test
    void theFullyReadMarkerComesAsAccountDataToItsUserOnly() {
        room.join(bob);
        String event = room.say(bob, "read me");
        Synced before = Synced.initial(alice);
        Synced bobs = Synced.initial(bob);
        alice.post(
                room.path("/read_markers"),
                JsonObject.of("m.fully_read", event, "m.read.private", event));
        Synced.Room joined = before.next(alice).joined(room.id());
        assertThat(joined.content("account_data", "m.fully_read"))
                .isEqualTo(JsonObject.of("event_id", event));
        assertThat(joined.json().toString()).contains("m.read.private");
        assertThat(bobs.next(bob).json().toString())
                .doesNotContain("m.fully_read")
                .doesNotContain("m.read.private");
    }

    @Test
    void receiptsComeToAllPrivateOnesToTheirUserOnlyThreadedOnesWithTheirThread() {
        room.join(bob);
        String event = room.say(alice, "hello");
        Synced before = Synced.initial(alice);
        room.read(bob, event, "m.read", JsonObject.of("thread_id", "main"));
        JsonObject receipt = before.next(alice).joined(room.id()).content("ephemeral", "m.receipt");
        JsonObject mark =
                receipt.object(event)
                        .flatMap(types -> types.object("m.read"))
                        .flatMap(users -> users.object(bob.userId()))
                        .orElseThrow();
        assertThat(mark.string("thread_id")).contains("main");
        assertThat(mark.integer("ts")).isPresent();
        Synced after = before.next(alice);
        room.read(bob, room.say(alice, "more"), "m.read.private", JsonObject.of());
        assertThat(after.next(alice).joined(room.id()).events("ephemeral")).isEmpty();
        assertThat(Synced.initial(bob).joined(room.id()).json().toString())
                .contains("m.read.private");
    }

    private static JsonObject threaded(String root, String body) {
        return JsonObject.of(
                "msgtype",
                "m.text",
                "body",
                body,
                "m.relates_to",
                JsonObject.of("rel_type", "m.thread", "event_id", root));
    }

    /// An `m.receipt` has room for one of them; whoever knows no threads is told of the other.
    @Test
    void receiptsOfOneEventInDifferentThreadsAllCome() {
        room.join(bob);
        String root = room.say(alice, "root");
        String reply = room.send(alice, "m.room.message", threaded(root, "reply"));
        Synced before = Synced.initial(alice);
        room.read(bob, reply, "m.read", JsonObject.of("thread_id", root));
        room.read(bob, reply, "m.read", JsonObject.of());
        for (Synced sync : List.of(before.next(alice), Synced.initial(alice))) {
            List<Optional<String>> threads =
                    sync.joined(room.id()).events("ephemeral").stream()
                            .map(event ->
                                    event.object("content")
                                            .flatMap(content -> content.object(reply))
                                            .flatMap(types -> types.object("m.read"))
                                            .flatMap(users -> users.object(bob.userId()))
                                            .orElseThrow()
                                            .string("thread_id"))
                            .toList();
            assertThat(threads).containsExactly(Optional.empty(), Optional.of(root));
        }
    }

    @Test
    void countsFallWithTheReceiptOnEveryDeviceEvenWhenReceiptsAreFilteredOut() {
        room.join(bob);
        String event = room.say(alice, "unread");
        String filter = Synced.filter("{\"room\":{\"ephemeral\":{\"not_types\":[\"*\"]}}}");
        Synced phone = Synced.initial(bob, filter);
        assertThat(phone.joined(room.id()).notifications()).isEqualTo(1);
        room.read(bob, event, "m.read", JsonObject.of());
        Synced.Room read = phone.next(bob, filter).joined(room.id());
        assertThat(read.notifications()).isZero();
        assertThat(read.events("ephemeral")).isEmpty();
    }

    @Test
    void threadsAreCountedApartAndReadApart() {
        room.join(bob);
        String root = room.say(alice, "root");
        String last =
                room.send(
                        alice,
                        "m.room.message",
                        threaded(root, "in the thread, " + bob.userId())
                                .with(
                                        "m.mentions",
                                        JsonObject.of("user_ids", JsonArray.of(bob.userId()))));
        Synced.Room whole = Synced.initial(bob).joined(room.id());
        assertThat(whole.notifications()).isEqualTo(2);
        assertThat(whole.highlights()).isEqualTo(1);
        assertThat(whole.json().has("unread_thread_notifications")).isFalse();
        Synced apart = Synced.initial(bob, THREADS);
        assertThat(apart.joined(room.id()).notifications()).isEqualTo(1);
        assertThat(thread(apart.joined(room.id()), root))
                .contains(JsonObject.of("highlight_count", 1, "notification_count", 1));
        room.read(bob, last, "m.read", JsonObject.of("thread_id", root));
        Synced read = apart.next(bob, THREADS);
        assertThat(read.joined(room.id()).notifications()).isEqualTo(1);
        assertThat(thread(read.joined(room.id()), root)).isEmpty();
        room.read(bob, root, "m.read", JsonObject.of("thread_id", "main"));
        assertThat(read.next(bob, THREADS).joined(room.id()).notifications()).isZero();
    }

    private static Optional<JsonObject> thread(Synced.Room room, String root) {
        return room.json()
                .object("unread_thread_notifications")
                .flatMap(threads -> threads.object(root));
    }

    @Test
    void anEditCountsWithItsOriginalAndARedactionTakesTheCountAway() {
        room.join(bob);
        String event = room.say(alice, "tpyo");
        room.send(
                alice,
                "m.room.message",
                JsonObject.of(
                        "msgtype",
                        "m.text",
                        "body",
                        "* typo",
                        "m.new_content",
                        JsonObject.of("msgtype", "m.text", "body", "typo"),
                        "m.relates_to",
                        JsonObject.of("rel_type", "m.replace", "event_id", event)));
        String other = room.say(alice, "to be redacted");
        assertThat(Synced.initial(bob).joined(room.id()).notifications()).isEqualTo(2);
        room.redact(alice, other);
        assertThat(Synced.initial(bob).joined(room.id()).notifications()).isEqualTo(1);
    }

    @Test
    void messagesOfIgnoredUsersAreLeftOutStateIsNotInvitesAreNot() {
        room.join(bob);
        Synced before = Synced.initial(alice);
        put(
                alice,
                "/account_data/m.ignored_user_list",
                JsonObject.of("ignored_users", JsonObject.of(bob.userId(), JsonObject.of())));
        String last = room.say(bob, "not for alice");
        room.say(alice, "for all");
        TestRoom bobs = TestRoom.create(bob, JsonObject.of("name", "Trap"));
        bobs.invite(bob, alice);
        room.leave(bob);
        room.read(alice, last, "m.read", JsonObject.of());
        Synced after = before.next(alice);
        assertThat(after.joined(room.id()).bodies()).containsExactly("for all");
        assertThat(after.joined(room.id()).members("timeline")).containsExactly(bob.userId());
        assertThat(after.joined(room.id()).notifications()).isZero();
        assertThat(after.in("invite", bobs.id())).isEmpty();
        assertThat(Synced.initial(alice).in("invite", bobs.id())).isEmpty();
        put(
                alice,
                "/account_data/m.ignored_user_list",
                JsonObject.of("ignored_users", JsonObject.of()));
        room.join(bob);
        room.say(bob, "again for alice");
        assertThat(after.next(alice).joined(room.id()).bodies()).containsExactly("again for alice");
    }

    @Test
    void typingIsToldWhenItBeginsAndWhenItEnds() {
        room.join(bob);
        Synced before = Synced.initial(alice);
        typing(bob, true);
        Synced begun = before.next(alice, "timeout=10000");
        assertThat(typists(begun)).containsExactly(bob.userId());
        assertThat(typists(Synced.initial(alice))).containsExactly(bob.userId());
        typing(bob, false);
        Synced ended = begun.next(alice, "timeout=10000");
        assertThat(typists(ended)).isEmpty();
        assertThat(ended.next(alice).json().object("rooms")).isEmpty();
    }

    private List<String> typists(Synced synced) {
        return synced.joined(room.id())
                .content("ephemeral", "m.typing")
                .array("user_ids")
                .orElseThrow()
                .strings();
    }

    private void typing(TestClient who, boolean typing) {
        TestClient.Answer answer =
                who.send(
                        "PUT",
                        room.path("/typing/" + Synced.encoded(who.userId())),
                        JsonObject.of("typing", typing, "timeout", 60_000));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }
}
