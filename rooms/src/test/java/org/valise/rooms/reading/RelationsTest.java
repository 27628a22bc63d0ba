package org.valise.rooms.reading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Relations, and what is bundled of them.
final class RelationsTest {
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
    void listsChildrenNewestFirstInAllThreeForms() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        String first = on.relate(bob, room, "m.thread", root, "one");
        String other =
                server.send(
                        alice, room, "org.example.dummy", Relating.related("m.thread", root, ""));
        String edit = on.edit(alice, room, root, "new root");
        assertThat(on.relations(bob, room, root).ids("chunk")).containsExactly(edit, other, first);
        assertThat(on.relations(bob, room, root + "/m.thread").ids("chunk"))
                .containsExactly(other, first);
        assertThat(on.relations(bob, room, root + "/m.thread/m.room.message").ids("chunk"))
                .containsExactly(first);
        assertThat(on.relations(bob, room, root + "?dir=f").ids("chunk"))
                .containsExactly(first, other, edit);
    }

    @Test
    void pagesThroughChildrenBothWaysWithoutLossOrRepetition() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        List<String> children = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            children.add(on.relate(bob, room, "m.thread", root, "r" + i));
            server.say(alice, room, "between");
        }
        for (String dir : List.of("f", "b")) {
            List<String> seen = new ArrayList<>();
            String from = "";
            while (from != null) {
                Answer page = on.relations(bob, room, root + "?limit=3&dir=" + dir + from);
                assertThat(page.json().has("prev_batch")).isEqualTo(!from.isEmpty());
                seen.addAll(page.ids("chunk"));
                from = page.json().string("next_batch").map(next -> "&from=" + next).orElse(null);
            }
            assertThat(seen).isEqualTo(dir.equals("f") ? children : children.reversed());
        }
    }

    @Test
    void followsRelationsOfRelationsOnlyWhenAsked() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        String reply = on.relate(bob, room, "m.thread", root, "reply");
        String edit = on.edit(bob, room, reply, "better");
        Answer direct = on.relations(alice, room, root);
        assertThat(direct.ids("chunk")).containsExactly(reply);
        assertThat(direct.json().has("recursion_depth")).isFalse();
        Answer deep = on.relations(alice, room, root + "?recurse=true");
        assertThat(deep.ids("chunk")).containsExactly(edit, reply);
        assertThat(deep.json().integer("recursion_depth")).contains(3L);
    }

    @Test
    void tellsNothingOfAnEventThatTheReaderMayNotSee() {
        String room = server.room(alice, JsonObject.of("preset", "private_chat"));
        String root = server.say(alice, room, "root");
        on.relate(alice, room, "m.thread", root, "reply");
        assertThat(on.relations(bob, room, root).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(on.relations(alice, room, "$nothing").refusal()).isEqualTo("404 M_NOT_FOUND");
        String other = server.publicRoom(alice);
        assertThat(on.relations(alice, other, root).refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(on.threads(bob, room, "").refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void bundlesTheMostRecentValidEditEverywhere() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        on.edit(alice, room, root, "first");
        String second = on.edit(alice, room, root, "second");
        on.edit(bob, room, root, "not the author's");
        on.relate(alice, room, "m.replace", root, "without new content");
        server.send(alice, room, "m.sticker", Relating.related("m.replace", root, "another type"));
        assertThat(Relating.editOf(on.bundle(bob, room, root))).contains(second);
        Answer messages = server.get(bob, "/rooms/" + room + "/messages?dir=b&limit=50");
        Optional<JsonObject> inMessages =
                messages.list("chunk").stream()
                        .filter(event -> event.string("event_id").equals(Optional.of(root)))
                        .findFirst();
        assertThat(Relating.editOf(Relating.bundle(inMessages.orElseThrow()))).contains(second);
        JsonObject context = server.get(bob, "/rooms/" + room + "/context/" + root).ok();
        assertThat(Relating.editOf(Relating.bundle(context.object("event").orElseThrow())))
                .contains(second);
        assertThat(on.bundle(bob, room, second)).as("an edit is not edited").isEmpty();
    }

    @Test
    void aRedactedEditRevertsToTheOneBeforeAndARedactedOriginalHasNone() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        String first = on.edit(alice, room, root, "first");
        String second = on.edit(alice, room, root, "second");
        on.redact(alice, room, second);
        assertThat(Relating.editOf(on.bundle(bob, room, root))).contains(first);
        assertThat(on.relations(bob, room, root).ids("chunk")).containsExactly(first);
        on.redact(alice, room, root);
        assertThat(Relating.editOf(on.bundle(bob, room, root))).isEmpty();
    }

    @Test
    void bundlesReferencesButNotAnnotations() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        server.send(bob, room, "m.reaction", Relating.annotation(root, "👍"));
        assertThat(on.bundle(bob, room, root)).isEmpty();
        String reference = on.relate(bob, room, "m.reference", root, "see there");
        assertThat(
                        on.bundle(bob, room, root)
                                .flatMap(found -> found.object("m.reference"))
                                .flatMap(found -> found.array("chunk")))
                .contains(JsonArray.of(JsonObject.of("event_id", reference)));
    }

    @Test
    void leavesOutWhatIgnoredUsersSay() {
        String room = on.roomOf(alice, bob);
        server.join(carol, room);
        String root = server.say(alice, room, "root");
        String kept = on.relate(carol, room, "m.thread", root, "kept");
        on.relate(bob, room, "m.thread", root, "ignored");
        on.relate(bob, room, "m.reference", root, "ignored too");
        on.ignore(alice, bob);
        try {
            JsonObject bundle = on.bundle(alice, room, root).orElseThrow();
            JsonObject thread = bundle.object("m.thread").orElseThrow();
            assertThat(thread.integer("count")).contains(1L);
            assertThat(thread.object("latest_event").flatMap(e -> e.string("event_id")))
                    .contains(kept);
            assertThat(bundle.has("m.reference")).isFalse();
            assertThat(on.relations(alice, room, root).ids("chunk")).containsExactly(kept);
        } finally {
            on.ignore(alice, null);
        }
    }

    @Test
    void refusesTheSameReactionTwiceUntilTheFirstIsTakenBack() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        String first = server.send(bob, room, "m.reaction", Relating.annotation(root, "👍"));
        server.send(bob, room, "m.reaction", Relating.annotation(root, "🎉"));
        server.send(alice, room, "m.reaction", Relating.annotation(root, "👍"));
        assertThat(
                        server.put(
                                        bob,
                                        "/rooms/" + room + "/send/m.reaction/again",
                                        Relating.annotation(root, "👍"))
                                .refusal())
                .isEqualTo("400 M_DUPLICATE_ANNOTATION");
        on.redact(bob, room, first);
        server.send(bob, room, "m.reaction", Relating.annotation(root, "👍"));
    }

    @Test
    void filtersMessagesByWhatRelatesToThem() {
        String room = on.roomOf(alice, bob);
        String plain = server.say(alice, room, "plain");
        String root = server.say(alice, room, "root");
        on.relate(bob, room, "m.thread", root, "reply");
        String filter =
                RoomsServer.escaped(
                        JsonObject.of(
                                        "related_by_rel_types",
                                        JsonArray.of("m.thread"),
                                        "related_by_senders",
                                        JsonArray.of(bob.id()))
                                .toString());
        assertThat(
                        server.get(alice, "/rooms/" + room + "/messages?dir=b&filter=" + filter)
                                .ids("chunk"))
                .containsExactly(root)
                .doesNotContain(plain);
    }

    @Test
    void ignoresRelationsThatAreNotWellFormed() {
        String room = on.roomOf(alice, bob);
        String root = server.say(alice, room, "root");
        for (JsonObject relation :
                List.of(
                        JsonObject.of("rel_type", "m.thread"),
                        JsonObject.of("event_id", root),
                        JsonObject.of("rel_type", 5, "event_id", root),
                        JsonObject.of("rel_type", "m.thread", "event_id", "nonsense"),
                        JsonObject.of("rel_type", "m.\0thread", "event_id", root),
                        JsonObject.of("rel_type", "x".repeat(300), "event_id", root))) {
            server.send(
                    alice,
                    room,
                    "m.room.message",
                    Relating.text("x").with("m.relates_to", relation));
        }
        assertThat(on.relations(alice, room, root).ids("chunk")).isEmpty();
        assertThat(on.bundle(alice, room, root)).isEmpty();
    }
}
