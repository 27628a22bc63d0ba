package org.valise.rooms.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;

import java.util.List;

class ReportingTest {
    private static RoomsServer server;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String report(User user, String path, JsonObject body) {
        return server.post(user, path, body).refusal();
    }

    private static List<String> stored(User reporter) {
        return server.database()
                .read(tx ->
                        tx.query(
                                """
                                SELECT kind || ' ' || target || ' ' || coalesce(user_id, '-') || ' ' || reason
                                FROM accounts.report WHERE reporter = ? ORDER BY number
                                """,
                                row -> row.getString(1),
                                reporter.number()));
    }

    @Test
    void takesReportsOfEventsFromMembersOnly() {
        User alice = server.register("alice");
        User bob = server.register("bob");
        User stranger = server.register("stranger");
        String room = server.publicRoom(alice);
        server.join(bob, room);
        String event = server.say(alice, room, "rude");
        String path = "/rooms/" + room + "/report/" + event;
        assertThat(report(bob, path, JsonObject.of("reason", "rude", "score", -100)))
                .isEqualTo("200 none");
        assertThat(report(bob, path, JsonObject.of())).isEqualTo("200 none");
        assertThat(stored(bob)).containsExactly("event " + event + " " + alice.id() + " ");

        assertThat(report(stranger, path, JsonObject.of())).isEqualTo("404 M_NOT_FOUND");
        assertThat(report(bob, "/rooms/" + room + "/report/$nothing", JsonObject.of()))
                .isEqualTo("404 M_NOT_FOUND");
        String other = server.publicRoom(bob);
        assertThat(report(bob, "/rooms/" + other + "/report/" + event, JsonObject.of()))
                .isEqualTo("404 M_NOT_FOUND");
        server.leave(bob, room);
        assertThat(report(bob, path, JsonObject.of())).isEqualTo("404 M_NOT_FOUND");
        assertThat(stored(stranger)).isEmpty();
    }

    @Test
    void takesReportsOfRoomsFromAnybodyAndSaysNothingOfThoseThatAreNot() {
        User carol = server.register("carol");
        User dan = server.register("dan");
        String room = server.room(carol, JsonObject.of("preset", "private_chat"));
        assertThat(report(dan, "/rooms/" + room + "/report", JsonObject.of("reason", "bad")))
                .isEqualTo("200 none");
        assertThat(
                        report(
                                dan,
                                "/rooms/!nothing:example.org/report",
                                JsonObject.of("reason", "bad")))
                .isEqualTo("200 none");
        assertThat(stored(dan)).containsExactly("room " + room + " - bad");
        assertThat(report(dan, "/rooms/" + room + "/report", JsonObject.of()))
                .isEqualTo("400 M_MISSING_PARAM");
    }
}
