package org.valise.rooms.reading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Threads: what is bundled with their roots, and the list of them.
final class ThreadsTest {
    private static RoomsServer server;
    private static Relating on;
    private static User alice;
    private static User bob;
    private static User carol;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        on = new Relating(server);
        alice = server.register("alice");
        bob = server.register("bob");
        carol = server.register("carol");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void bundlesAThreadsSummaryWithItsLatestEventAndThatOnesEdit() {
        String room = on.roomOf(alice, bob);
        server.join(carol, room);
        String root = server.say(alice, room, "root");
        on.relate(bob, room, "m.thread", root, "one");
        String last = on.relate(bob, room, "m.thread", root, "two");
        String edited = on.edit(bob, room, last, "three");
        JsonObject thread =
                on.bundle(bob, room, root).orElseThrow().object("m.thread").orElseThrow();
        assertThat(thread.integer("count")).contains(2L);
        assertThat(thread.bool("current_user_participated")).contains(true);
        JsonObject latest = thread.object("latest_event").orElseThrow();
        assertThat(latest.string("event_id")).contains(last);
        assertThat(latest.string("room_id")).contains(room);
        assertThat(Relating.editOf(Relating.bundle(latest))).contains(edited);
        assertThat(participated(alice, room, root)).as("the root is theirs").contains(true);
        assertThat(participated(carol, room, root)).contains(false);
        on.redact(bob, room, last);
        assertThat(
                        on.bundle(bob, room, root)
                                .flatMap(found -> found.object("m.thread"))
                                .flatMap(found -> found.integer("count")))
                .contains(1L);
    }

    private static Optional<Boolean> participated(User user, String room, String root) {
        return on.bundle(user, room, root)
                .flatMap(found -> found.object("m.thread"))
                .flatMap(thread -> thread.bool("current_user_participated"));
    }

    @Test
    void whoLeftSeesAThreadAsOfLeaving() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        String before = on.relate(alice, room, "m.thread", root, "before");
        server.leave(bob, room);
        on.relate(alice, room, "m.thread", root, "after");
        assertThat(on.relations(bob, room, root).ids("chunk")).containsExactly(before);
        JsonObject seen = on.threads(bob, room, "").list("chunk").getFirst();
        assertThat(Relating.latestInThread(seen)).contains(before);
        assertThat(
                        on.bundle(bob, room, root)
                                .flatMap(found -> found.object("m.thread"))
                                .flatMap(thread -> thread.integer("count")))
                .contains(1L);
    }

    @Test
    void listsThreadsByTheirLatestEventInPages() {
        String room = on.roomOf(alice, bob);
        List<String> roots = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            roots.add(server.say(alice, room, "root " + i));
        }
        for (String root : roots) {
            on.relate(bob, room, "m.thread", root, "reply");
        }
        String last = on.relate(bob, room, "m.thread", roots.get(1), "again");
        List<String> expected =
                List.of(roots.get(1), roots.get(4), roots.get(3), roots.get(2), roots.get(0));
        List<String> seen = new ArrayList<>();
        String from = "";
        while (from != null) {
            Answer page = on.threads(alice, room, "?limit=2" + from);
            seen.addAll(page.ids("chunk"));
            from = page.json().string("next_batch").map(next -> "&from=" + next).orElse(null);
        }
        assertThat(seen).isEqualTo(expected);
        assertThat(Relating.latestInThread(on.threads(alice, room, "").list("chunk").getFirst()))
                .contains(last);
        assertThat(on.threads(alice, room, "?limit=0").refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(on.threads(alice, room, "?from=x").refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(on.threads(alice, room, "?include=x").refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void listsTheThreadsThatSomebodyTookPartIn() {
        String room = on.roomOf(alice, bob);
        String rootOfAlice = server.say(alice, room, "alice's");
        String joinedByBob = server.say(alice, room, "bob answers");
        String rootOfBob = server.say(bob, room, "bob's");
        on.relate(alice, room, "m.thread", rootOfAlice, "to herself");
        on.relate(bob, room, "m.thread", joinedByBob, "bob");
        on.relate(alice, room, "m.thread", rootOfBob, "alice");
        assertThat(on.threads(bob, room, "?include=participated").ids("chunk"))
                .containsExactly(rootOfBob, joinedByBob);
    }

    @Test
    void aThreadWhoseRootIsOfAnIgnoredUserComesRedacted() {
        String room = on.roomOf(alice, bob);
        String root = server.say(bob, room, "unwanted");
        on.relate(alice, room, "m.thread", root, "answer");
        on.ignore(alice, bob);
        try {
            JsonObject thread = on.threads(alice, room, "").list("chunk").getFirst();
            assertThat(thread.string("event_id")).contains(root);
            assertThat(thread.object("content")).contains(JsonObject.of());
        } finally {
            on.ignore(alice, null);
        }
        assertThat(on.threads(bob, room, "").list("chunk").getFirst().toString())
                .contains("unwanted");
    }

    @Test
    void refusesAThreadOffAnEventThatRelatesToAnother() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        String reply = on.relate(bob, room, "m.thread", root, "reply");
        assertThat(
                        server.put(
                                        bob,
                                        "/rooms/" + room + "/send/m.room.message/nested",
                                        Relating.related("m.thread", reply, "nested"))
                                .refusal())
                .isEqualTo("400 M_UNKNOWN");
    }
}
