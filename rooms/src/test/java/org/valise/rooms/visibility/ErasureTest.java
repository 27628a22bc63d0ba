package org.valise.rooms.visibility;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;

import java.util.List;
import java.util.Optional;

/// *Any users which join the room after the erasure request are served redacted copies of the
/// events sent by this account.*
class ErasureTest {
    private static RoomsServer server;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void close(User user, boolean erase) {
        server.post(
                        user,
                        "/account/deactivate",
                        JsonObject.of(
                                "erase",
                                erase,
                                "auth",
                                JsonObject.of(
                                        "type",
                                        "m.login.password",
                                        "user",
                                        user.id(),
                                        "password",
                                        RoomsServer.PASSWORD)))
                .ok();
    }

    private static Optional<String> body(User reader, String room, String event) {
        return server.get(reader, "/rooms/" + room + "/event/" + event)
                .ok()
                .object("content")
                .orElseThrow()
                .string("body");
    }

    @Test
    void hidesMessagesFromThoseWhoCameLaterOnly() {
        User alice = server.register("alice");
        User before = server.register("before");
        User after = server.register("after");
        String room = server.publicRoom(alice);
        String first = server.say(alice, room, "the secret");
        server.join(before, room);
        String second = server.say(alice, room, "another");
        close(alice, true);
        server.join(after, room);

        for (String event : List.of(first, second)) {
            assertThat(body(before, room, event)).isPresent();
            assertThat(body(after, room, event)).isEmpty();
        }
        String messages =
                server.get(after, "/rooms/" + room + "/messages?dir=b&limit=50").ok().toString();
        assertThat(messages).contains(first).doesNotContain("the secret").doesNotContain("another");
        assertThat(
                        server.get(before, "/rooms/" + room + "/messages?dir=b&limit=50")
                                .ok()
                                .toString())
                .contains("the secret");
    }

    @Test
    void hidesThemFromWhoHadLeftAndCameBackAsFarAsTheyHadNotSeenThem() {
        User bob = server.register("bob");
        User reader = server.register("reader");
        String room = server.publicRoom(bob);
        server.join(server.register("keeperbob"), room);
        String seen = server.say(bob, room, "seen");
        server.join(reader, room);
        server.leave(reader, room);
        String unseen = server.say(bob, room, "unseen");
        close(bob, true);
        server.join(reader, room);
        assertThat(body(reader, room, seen)).contains("seen");
        assertThat(body(reader, room, unseen)).isEmpty();
    }

    @Test
    void leavesTheRoomItsNameAndHidesThePersonsOwn() {
        User carol = server.register("carol");
        User after = server.register("aftercarol");
        User keeper = server.register("keepercarol");
        server.put(
                        carol,
                        "/profile/" + carol.id() + "/displayname",
                        JsonObject.of("displayname", "Carol Example"))
                .ok();
        String room = server.publicRoom(carol);
        server.join(keeper, room);
        server.setState(carol, room, "m.room.name", JsonObject.of("name", "Garden"));
        close(carol, true);
        server.join(after, room);
        assertThat(server.get(after, "/rooms/" + room + "/state/m.room.name").ok().string("name"))
                .contains("Garden");
        assertThat(server.get(after, "/rooms/" + room + "/messages?dir=b&limit=50").ok().toString())
                .contains("Garden")
                .doesNotContain("Carol Example");
    }

    @Test
    void isNotWhatDeactivationAloneDoes() {
        User dan = server.register("dan");
        User after = server.register("afterdan");
        String room = server.publicRoom(dan);
        server.join(server.register("keeperdan"), room);
        String event = server.say(dan, room, "stays");
        close(dan, false);
        server.join(after, room);
        assertThat(body(after, room, event)).contains("stays");
    }

    @Test
    void holdsOnAnotherNodeAndAfterAStart() {
        User eve = server.register("eve");
        User after = server.register("aftereve");
        String room = server.publicRoom(eve);
        server.join(server.register("keepereve"), room);
        String event = server.say(eve, room, "gone");
        close(eve, true);
        server.join(after, room);
        try (var twin = server.twin()) {
            assertThat(
                            twin.get(after, "/rooms/" + room + "/event/" + event)
                                    .ok()
                                    .object("content")
                                    .orElseThrow())
                    .isEqualTo(JsonObject.of());
        }
    }
}
