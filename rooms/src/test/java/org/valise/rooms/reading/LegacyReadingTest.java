package org.valise.rooms.reading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.List;

/// What older clients call, previews, and jumping to a date.
final class LegacyReadingTest {
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

    private static String worldReadable() {
        return server.room(alice, RoomsServer.withHistory("public_chat", "world_readable"));
    }

    private static Answer jump(User user, String room, long ts, String dir) {
        return server.get(
                user,
                "/_matrix/client/v1/rooms/"
                        + room
                        + "/timestamp_to_event?dir="
                        + dir
                        + "&ts="
                        + ts);
    }

    @Test
    void previewsARoomThatAnybodyMayRead() {
        String room = worldReadable();
        server.say(alice, room, "one");
        server.say(alice, room, "two");
        Answer answer = server.get(bob, "/rooms/" + room + "/initialSync?limit=1");
        JsonObject preview = answer.ok();
        assertThat(preview.string("room_id")).contains(room);
        assertThat(preview.has("membership")).isFalse();
        assertThat(preview.string("visibility")).contains("private");
        assertThat(preview.array("state").orElseThrow().objects()).isNotEmpty();
        JsonObject messages = preview.object("messages").orElseThrow();
        assertThat(messages.array("chunk").orElseThrow().toString())
                .contains("two")
                .doesNotContain("one");
        String start = messages.string("start").orElseThrow();
        assertThat(
                        server.get(bob, "/rooms/" + room + "/messages?dir=b&limit=1&from=" + start)
                                .list("chunk")
                                .toString())
                .contains("one");
        String secret = server.room(alice, JsonObject.of("preset", "private_chat"));
        assertThat(server.get(bob, "/rooms/" + secret + "/initialSync").refusal())
                .isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void showsAMemberTheirMembershipAndAccountData() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        server.put(
                        bob,
                        "/user/" + bob.id() + "/rooms/" + room + "/tags/m.favourite",
                        JsonObject.of("order", 1))
                .ok();
        JsonObject snapshot = server.get(bob, "/rooms/" + room + "/initialSync").ok();
        assertThat(snapshot.string("membership")).contains("join");
        assertThat(snapshot.array("account_data").orElseThrow().toString()).contains("m.favourite");
        server.leave(bob, room);
        server.say(alice, room, "after");
        JsonObject left = server.get(bob, "/rooms/" + room + "/initialSync").ok();
        assertThat(left.string("membership")).contains("leave");
        assertThat(left.toString()).doesNotContain("after");
    }

    @Test
    void givesOneEventToWhoeverMaySeeIt() {
        String room = server.room(alice, JsonObject.of("preset", "private_chat"));
        String event = server.say(alice, room, "secret");
        assertThat(server.get(alice, "/events/" + event).ok().string("event_id")).contains(event);
        assertThat(server.get(bob, "/events/" + event).refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(bob, "/events/$nothing").refusal()).isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void jumpsToTheEventThatIsClosestInADirection() {
        String room = server.publicRoom(alice);
        String first = server.say(alice, room, "first");
        String second = server.say(alice, room, "second");
        long at = time(room, first);
        long later = time(room, second);
        JsonObject found = jump(alice, room, at, "f").ok();
        assertThat(found.integer("origin_server_ts")).contains(at);
        assertThat(jump(alice, room, later + 1_000, "b").ok().string("event_id")).contains(second);
        assertThat(jump(alice, room, later + 1_000, "f").refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(jump(alice, room, 1, "b").refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(jump(alice, room, 1, "f").ok().string("event_id"))
                .as("the beginning of the room")
                .isPresent();
        assertThat(jump(bob, room, at, "f").refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(jump(alice, room, at, "x").refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(
                        server.get(
                                        alice,
                                        "/_matrix/client/v1/rooms/"
                                                + room
                                                + "/timestamp_to_event?dir=f&ts=soon")
                                .refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }

    private static long time(String room, String event) {
        return server.get(alice, "/rooms/" + room + "/event/" + event)
                .ok()
                .integer("origin_server_ts")
                .orElseThrow();
    }

    @Test
    void jumpsOverWhatTheReaderMayNotSee() {
        String room = server.room(alice, RoomsServer.withHistory("public_chat", "joined"));
        List<String> hidden = List.of(server.say(alice, room, "hidden"));
        server.join(bob, room);
        String found = jump(bob, room, 1, "f").ok().string("event_id").orElseThrow();
        assertThat(hidden).doesNotContain(found);
        assertThat(server.get(bob, "/rooms/" + room + "/event/" + found).status()).isEqualTo(200);
    }
}
