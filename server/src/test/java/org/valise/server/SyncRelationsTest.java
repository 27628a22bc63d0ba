package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What relates to the events of a sync.
final class SyncRelationsTest {
    private static final String API = "/_matrix/client/v3";
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-r" + ++people);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void aLimitedTimelineCarriesEditsAndThreadsOfEveryRoom() {
        List<String> rooms = List.of(room(), room(), room());
        for (String room : rooms) {
            String root = say(room, "root", JsonObject.of());
            say(room, "* edited", related("m.replace", root).with("m.new_content", text("edited")));
            say(room, "reply", related("m.thread", root));
        }
        String filter =
                encoded(
                        JsonObject.of("room", JsonObject.of("timeline", JsonObject.of("limit", 3)))
                                .toString());
        JsonObject sync = alice.get(API + "/sync?filter=" + filter).json();
        for (String room : rooms) {
            JsonObject relations =
                    root(sync, room).flatMap(SyncRelationsTest::bundle).orElseThrow();
            assertThat(relations.object("m.replace").toString()).contains("edited");
            assertThat(relations.object("m.thread").flatMap(thread -> thread.integer("count")))
                    .contains(1L);
        }
    }

    @Test
    void whatComesWithoutAGapIsNotBundled() {
        String room = room();
        String since = alice.get(API + "/sync").json().string("next_batch").orElseThrow();
        String root = say(room, "root", JsonObject.of());
        say(room, "reply", related("m.thread", root));
        JsonObject sync = alice.get(API + "/sync?since=" + since).json();
        assertThat(root(sync, room)).isPresent();
        assertThat(root(sync, room).flatMap(SyncRelationsTest::bundle)).isEmpty();
    }

    @Test
    void aFilterAsksForWhatOthersRelateTo() {
        String room = room();
        String root = say(room, "root", JsonObject.of());
        say(room, "reply", related("m.thread", root));
        String filter =
                encoded(
                        JsonObject.of(
                                        "room",
                                        JsonObject.of(
                                                "timeline",
                                                JsonObject.of(
                                                        "related_by_rel_types",
                                                        JsonArray.of("m.thread"))))
                                .toString());
        assertThat(bodies(alice.get(API + "/sync?filter=" + filter).json(), room))
                .containsExactly("root");
    }

    private String room() {
        return alice.post(API + "/createRoom", JsonObject.of()).string("room_id").orElseThrow();
    }

    private static JsonObject text(String body) {
        return JsonObject.of("msgtype", "m.text", "body", body);
    }

    private static JsonObject related(String relType, String parent) {
        return JsonObject.of(
                "m.relates_to", JsonObject.of("rel_type", relType, "event_id", parent));
    }

    private String say(String room, String body, JsonObject more) {
        JsonObject content = text(body);
        for (String key : more.keys()) {
            content = content.with(key, more.get(key));
        }
        String path = API + "/rooms/" + encoded(room) + "/send/m.room.message/" + encoded(body);
        return alice.send("PUT", path, content).json().string("event_id").orElseThrow();
    }

    private static List<JsonObject> timeline(JsonObject sync, String room) {
        return sync.object("rooms")
                .flatMap(rooms -> rooms.object("join"))
                .flatMap(joined -> joined.object(room))
                .flatMap(each -> each.object("timeline"))
                .flatMap(timeline -> timeline.array("events"))
                .orElseThrow()
                .objects();
    }

    private static Optional<String> body(JsonObject event) {
        return event.object("content").flatMap(content -> content.string("body"));
    }

    private static List<String> bodies(JsonObject sync, String room) {
        return timeline(sync, room).stream().flatMap(event -> body(event).stream()).toList();
    }

    private static Optional<JsonObject> root(JsonObject sync, String room) {
        return timeline(sync, room).stream()
                .filter(event -> body(event).equals(Optional.of("root")))
                .findFirst();
    }

    private static Optional<JsonObject> bundle(JsonObject event) {
        return event.object("unsigned").flatMap(unsigned -> unsigned.object("m.relations"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
