package org.valise.rooms.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.time.Duration;
import java.util.List;
import java.util.Map;

final class ReceiptsTest {
    private static final JsonObject NOTHING = JsonObject.of();
    private static RoomsServer server;
    private static User alice;
    private static User bob;
    private static User carol;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        bob = server.register("bob");
        carol = server.register("carol");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String sharedRoom() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        return room;
    }

    private static Answer receipt(
            User user, String room, String type, String event, JsonObject body) {
        return server.post(user, "/rooms/" + room + "/receipt/" + type + "/" + event, body);
    }

    private static long number(String room) {
        return server.rooms().rooms().find(RoomId.parse(room)).orElseThrow().number();
    }

    private static long now() {
        return server.stream().applied();
    }

    private static List<String> seen(String room, long from, User reader) {
        return server
                .rooms()
                .receipts()
                .changedIn(number(room), from, now(), reader.number())
                .stream()
                .map(r ->
                        r.type().word()
                                + " "
                                + r.event()
                                + (r.thread() == null ? "" : " " + r.thread()))
                .toList();
    }

    private static ReadMarks marks(User user, String room) {
        return server.rooms().receipts().of(user.number(), number(room));
    }

    private static long position(String event) {
        return server.rooms().events().byId(EventId.parse(event)).orElseThrow().position();
    }

    private static JsonObject thread(String root) {
        return JsonObject.of("thread_id", root);
    }

    private static String reply(User user, String room, String root) {
        return server.send(
                user,
                room,
                "m.room.message",
                JsonObject.of(
                        "body",
                        "reply",
                        "m.relates_to",
                        JsonObject.of("rel_type", "m.thread", "event_id", root)));
    }

    @Test
    void showsPublicReceiptsToAllAndPrivateOnesToTheirUserOnly() {
        String room = sharedRoom();
        String event = server.say(alice, room, "hi");
        long before = now();
        receipt(bob, room, "m.read", event, NOTHING).ok();
        receipt(bob, room, "m.read.private", event, NOTHING).ok();
        assertThat(seen(room, before, alice)).containsExactly("m.read " + event);
        assertThat(seen(room, before, bob))
                .containsExactlyInAnyOrder("m.read " + event, "m.read.private " + event);
        assertThat(seen(room, now(), bob)).isEmpty();
        // From memory the same as from the database.
        assertThat(seen(room, 0, alice)).containsExactly("m.read " + event);
    }

    @Test
    void neverGoesBack() {
        String room = sharedRoom();
        String first = server.say(alice, room, "one");
        String second = server.say(alice, room, "two");
        receipt(bob, room, "m.read", second, NOTHING).ok();
        long before = now();
        receipt(bob, room, "m.read", first, NOTHING).ok();
        receipt(bob, room, "m.read", second, NOTHING).ok();
        assertThat(now()).isEqualTo(before);
        assertThat(seen(room, 0, alice)).containsExactly("m.read " + second);
        assertThat(marks(bob, room).everywhere()).isEqualTo(position(second));
        receipt(bob, room, "m.read.private", first, NOTHING).ok();
        assertThat(marks(bob, room).everywhere()).isEqualTo(position(second));
    }

    @Test
    void keepsThreadsTheMainTimelineAndTheWholeRoomApart() {
        String room = sharedRoom();
        String root = server.say(alice, room, "root");
        String reply = reply(alice, room, root);
        String main = server.say(alice, room, "main");
        receipt(bob, room, "m.read", reply, thread(root)).ok();
        receipt(bob, room, "m.read", main, thread("main")).ok();
        receipt(bob, room, "m.read", root, NOTHING).ok();
        ReadMarks marks = marks(bob, room);
        assertThat(marks.everywhere()).isEqualTo(position(root));
        assertThat(marks.main()).isEqualTo(position(main));
        assertThat(marks.threads()).isEqualTo(Map.of(EventId.parse(root), position(reply)));
        assertThat(seen(room, 0, alice))
                .containsExactlyInAnyOrder(
                        "m.read " + reply + " " + root,
                        "m.read " + main + " main",
                        "m.read " + root);
    }

    @Test
    void refusesAThreadThatDoesNotFit() {
        String room = sharedRoom();
        String root = server.say(alice, room, "root");
        String reply = reply(alice, room, root);
        String main = server.say(alice, room, "main");
        String reaction =
                server.send(
                        alice,
                        room,
                        "m.reaction",
                        JsonObject.of(
                                "m.relates_to",
                                JsonObject.of("rel_type", "m.annotation", "event_id", root)));
        long before = now();
        for (JsonObject body :
                List.of(
                        thread(""),
                        thread("nonsense"),
                        JsonObject.of("thread_id", 7),
                        thread(root),
                        thread("$unknown"))) {
            assertThat(receipt(bob, room, "m.read", main, body).refusal())
                    .as(body.toString())
                    .isEqualTo("400 M_INVALID_PARAM");
        }
        assertThat(receipt(bob, room, "m.read", reply, thread("main")).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(receipt(bob, room, "m.fully_read", main, thread("main")).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(receipt(bob, room, "m.other", main, NOTHING).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(now()).isEqualTo(before);
        receipt(bob, room, "m.read", root, thread(root)).ok();
        receipt(bob, room, "m.read", reaction, thread(root)).ok();
        receipt(bob, room, "m.read", reaction, thread("main")).ok();
    }

    @Test
    void refusesWhoIsNotInTheRoomAndWhatIsNotInIt() {
        String room = sharedRoom();
        String event = server.say(alice, room, "hi");
        String elsewhere = server.say(alice, server.publicRoom(alice), "hi");
        Answer stranger = receipt(carol, room, "m.read", event, NOTHING);
        assertThat(stranger.refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(receipt(carol, "!nowhere:example.org", "m.read", event, NOTHING))
                .isEqualTo(stranger);
        assertThat(receipt(bob, room, "m.read", elsewhere, NOTHING).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(receipt(bob, room, "m.read", "$unknown", NOTHING).refusal())
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void keepsTheFullyReadMarkerAsAccountDataThatDoesNotGoBack() {
        String room = sharedRoom();
        String first = server.say(alice, room, "one");
        String second = server.say(alice, room, "two");
        String markers = "/rooms/" + room + "/read_markers";
        String data = "/user/" + bob.id() + "/rooms/" + room + "/account_data/m.fully_read";
        server.post(
                        bob,
                        markers,
                        JsonObject.of(
                                "m.fully_read", second, "m.read", first, "m.read.private", second))
                .ok();
        assertThat(server.get(bob, data).ok()).isEqualTo(JsonObject.of("event_id", second));
        assertThat(seen(room, 0, alice)).containsExactly("m.read " + first);
        assertThat(marks(bob, room).everywhere()).isEqualTo(position(second));
        receipt(bob, room, "m.fully_read", first, NOTHING).ok();
        assertThat(server.get(bob, data).ok()).isEqualTo(JsonObject.of("event_id", second));
        server.post(bob, markers, NOTHING).ok();
        assertThat(server.post(bob, markers, JsonObject.of("m.fully_read", 1)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(
                        server.post(
                                        bob,
                                        markers,
                                        JsonObject.of("m.fully_read", "$unknown", "m.read", second))
                                .refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(seen(room, 0, alice)).containsExactly("m.read " + first);
    }

    @Test
    void showsReceiptsOnAnotherNodeToo() throws InterruptedException {
        String room = sharedRoom();
        String first = server.say(alice, room, "one");
        String second = server.say(alice, room, "two");
        try (RoomsServer other = server.twin()) {
            receipt(bob, room, "m.read", first, NOTHING).ok();
            Receipts there = other.rooms().receipts();
            assertThat(other.stream().await(now(), Duration.ofSeconds(10))).isTrue();
            long before = now();
            assertThat(there.changedIn(number(room), before, before, alice.number())).isEmpty();
            assertThat(there.of(bob.number(), number(room)).everywhere())
                    .isEqualTo(position(first));
            receipt(bob, room, "m.read", second, NOTHING).ok();
            assertThat(other.stream().await(now(), Duration.ofSeconds(10))).isTrue();
            assertThat(there.changedIn(number(room), before, now(), alice.number()))
                    .extracting(Receipt::event)
                    .containsExactly(EventId.parse(second));
            assertThat(there.of(bob.number(), number(room)).everywhere())
                    .isEqualTo(position(second));
        }
    }
}
