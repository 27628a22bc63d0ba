package org.valise.rooms.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class RoomDirectoryTest {
    private RoomsServer server;
    private User alice;
    private User bob;

    @BeforeEach
    void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        bob = server.register("bob");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String published(String name) {
        return server.room(alice, JsonObject.of("visibility", "public", "name", name));
    }

    private static List<String> names(Answer answer) {
        return answer.list("chunk").stream().map(room -> room.string("name").orElse("-")).toList();
    }

    private Answer search(JsonObject filter) {
        return server.post(bob, "/publicRooms", JsonObject.of("filter", filter));
    }

    @Test
    void showsOfAPublishedRoomWhatItsStateSaysAndKeepsUp() {
        String room =
                server.room(
                        alice,
                        JsonObject.of(
                                "visibility", "public",
                                "name", "Garden",
                                "topic", "Roses",
                                "room_alias_name", "garden",
                                "creation_content", JsonObject.of("type", "m.space")));
        server.setState(alice, room, "m.room.avatar", JsonObject.of("url", "mxc://example.org/a"));
        server.setState(
                alice,
                room,
                "m.room.history_visibility",
                JsonObject.of("history_visibility", "world_readable"));
        server.join(bob, room);
        Answer list = server.get(null, "/publicRooms");
        assertThat(list.list("chunk"))
                .containsExactly(
                        JsonObject.of(
                                "room_id", room,
                                "name", "Garden",
                                "topic", "Roses",
                                "avatar_url", "mxc://example.org/a",
                                "canonical_alias", "#garden:example.org",
                                "join_rule", "public",
                                "room_type", "m.space",
                                "num_joined_members", 2,
                                "world_readable", true,
                                "guest_can_join", false));
        assertThat(list.ok().integer("total_room_count_estimate")).contains(1L);
        assertThat(list.ok().has("next_batch")).isFalse();

        String topic = server.setState(alice, room, "m.room.name", JsonObject.of("name", "Park"));
        assertThat(names(server.get(null, "/publicRooms"))).containsExactly("Park");
        server.put(alice, "/rooms/" + room + "/redact/" + topic + "/t", JsonObject.of()).ok();
        assertThat(names(server.get(null, "/publicRooms"))).containsExactly("-");
        server.leave(alice, room);
        server.leave(bob, room);
        assertThat(server.get(null, "/publicRooms").list("chunk")).isEmpty();
    }

    @Test
    void isChangedByWhoMaySetTheCanonicalAliasOnly() {
        String room = server.publicRoom(alice);
        String path = "/directory/list/room/" + room;
        JsonObject isPublic = JsonObject.of("visibility", "public");
        JsonObject isPrivate = JsonObject.of("visibility", "private");
        assertThat(server.get(null, path).ok()).isEqualTo(isPrivate);
        Answer stranger = server.put(bob, path, isPublic);
        assertThat(stranger.refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(server.put(bob, "/directory/list/room/!nowhere:example.org", isPublic))
                .isEqualTo(stranger);
        server.join(bob, room);
        assertThat(server.put(bob, path, isPublic).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.put(alice, path, JsonObject.of()).ok();
        assertThat(server.get(null, path).ok()).isEqualTo(isPublic);
        assertThat(server.get(null, "/publicRooms").list("chunk")).hasSize(1);
        server.put(alice, path, isPrivate).ok();
        assertThat(server.get(null, path).ok()).isEqualTo(isPrivate);
        assertThat(server.get(null, "/publicRooms").list("chunk")).isEmpty();
        assertThat(server.put(alice, path, JsonObject.of("visibility", "secret")).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(server.get(null, "/directory/list/room/!nowhere:example.org").ok())
                .isEqualTo(isPrivate);
    }

    @Test
    void pagesForthAndBackTheLargestRoomsFirst() {
        List<String> rooms = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rooms.add(published("room " + i));
        }
        server.join(bob, rooms.get(3));
        List<String> order = List.of("room 3", "room 0", "room 1", "room 2", "room 4");
        Answer first = server.get(null, "/publicRooms?limit=2");
        assertThat(names(first)).isEqualTo(order.subList(0, 2));
        assertThat(first.ok().has("prev_batch")).isFalse();
        Answer second =
                server.get(null, "/publicRooms?limit=2&since=" + token(first, "next_batch"));
        assertThat(names(second)).isEqualTo(order.subList(2, 4));
        Answer third =
                server.post(
                        bob,
                        "/publicRooms",
                        JsonObject.of("limit", 2, "since", token(second, "next_batch")));
        assertThat(names(third)).isEqualTo(order.subList(4, 5));
        assertThat(third.ok().has("next_batch")).isFalse();
        Answer back = server.get(null, "/publicRooms?limit=2&since=" + token(third, "prev_batch"));
        assertThat(names(back)).isEqualTo(order.subList(2, 4));
        Answer start = server.get(null, "/publicRooms?limit=2&since=" + token(back, "prev_batch"));
        assertThat(names(start)).isEqualTo(order.subList(0, 2));
        assertThat(start.ok().has("prev_batch")).isFalse();
        assertThat(token(start, "next_batch")).isEqualTo(token(first, "next_batch"));
    }

    private static String token(Answer answer, String key) {
        return answer.ok().string(key).orElseThrow();
    }

    @Test
    void searchesNamesTopicsAndAliasesInAnyCaseAndByType() {
        published("Birds 100%");
        server.room(
                alice,
                JsonObject.of(
                        "visibility", "public",
                        "name", "Trees",
                        "topic", "where BIRDS live",
                        "creation_content", JsonObject.of("type", "m.space")));
        server.room(
                alice,
                JsonObject.of(
                        "visibility", "public", "name", "Fish", "room_alias_name", "aquarium"));
        assertThat(names(search(JsonObject.of("generic_search_term", "bIrDs"))))
                .containsExactly("Birds 100%", "Trees");
        assertThat(names(search(JsonObject.of("generic_search_term", "aquar"))))
                .containsExactly("Fish");
        assertThat(names(search(JsonObject.of("generic_search_term", "%"))))
                .containsExactly("Birds 100%");
        assertThat(names(search(JsonObject.of("generic_search_term", "a\0b")))).isEmpty();
        assertThat(names(search(JsonObject.of("room_types", JsonArray.of("m.space")))))
                .containsExactly("Trees");
        assertThat(names(search(JsonObject.of("room_types", JsonArray.of(JsonNull.NULL)))))
                .containsExactly("Birds 100%", "Fish");
        assertThat(
                        names(
                                search(
                                        JsonObject.of(
                                                "room_types",
                                                JsonArray.of(JsonNull.NULL, "m.space")))))
                .hasSize(3);
        assertThat(names(search(JsonObject.of("room_types", JsonArray.of())))).isEmpty();
        assertThat(names(search(JsonObject.of()))).hasSize(3);
    }

    @Test
    void refusesMalformedQueries() {
        for (String query :
                new String[] {
                    "limit=-1", "limit=x", "since=nonsense", "since=n_1_99999999999999999999"
                }) {
            assertThat(server.get(null, "/publicRooms?" + query).refusal())
                    .as(query)
                    .isEqualTo("400 M_INVALID_PARAM");
        }
        assertThat(server.get(null, "/publicRooms?server=elsewhere.org").refusal())
                .isEqualTo("403 M_FORBIDDEN"); // nobody may federate
        assertThat(server.get(null, "/publicRooms?server=example.org").status()).isEqualTo(200);
        assertThat(search(JsonObject.of("room_types", JsonArray.of(1))).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(search(JsonObject.of("generic_search_term", 1)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(server.post(null, "/publicRooms", JsonObject.of()).refusal())
                .isEqualTo("401 M_MISSING_TOKEN");
        assertThat(
                        server.post(
                                        bob,
                                        "/publicRooms",
                                        JsonObject.of("third_party_instance_id", "irc"))
                                .list("chunk"))
                .isEmpty();
    }

    @Test
    void takesTheTopicFromItsPlainForm() {
        String room = published("topics");
        JsonArray html =
                JsonArray.of(JsonObject.of("mimetype", "text/html", "body", "<b>rich</b>"));
        server.setState(
                alice,
                room,
                "m.room.topic",
                JsonObject.of("topic", "old", "m.topic", JsonObject.of("m.text", html)));
        assertThat(topic()).isEmpty();
        server.setState(
                alice,
                room,
                "m.room.topic",
                JsonObject.of(
                        "topic",
                        "old",
                        "m.topic",
                        JsonObject.of("m.text", JsonArray.of(JsonObject.of("body", "plain")))));
        assertThat(topic()).contains("plain");
    }

    private Optional<String> topic() {
        return server.get(null, "/publicRooms").list("chunk").getFirst().string("topic");
    }

    @Test
    void forgetsWhatARedactionTakes() {
        String room = published("Named by mistake");
        String name =
                server.get(alice, "/rooms/" + room + "/state/m.room.name?format=event")
                        .ok()
                        .string("event_id")
                        .orElseThrow();
        assertThat(found("mistake")).containsExactly(room);
        server.put(alice, "/rooms/" + room + "/redact/" + name + "/r", JsonObject.of()).ok();
        assertThat(found("mistake")).isEmpty();
    }

    @Test
    void findsPiecesOfAnyLengthInAnyScript() {
        String room =
                server.room(
                        alice,
                        JsonObject.of(
                                "visibility",
                                "public",
                                "name",
                                "Ünïcode 𝔘𝔫𝔦 日本語の部屋",
                                "topic",
                                "x".repeat(998) + "𝔘tail"));
        for (String term : List.of("ü", "ïc", "nïcode", "日本語", "𝔘𝔫𝔦 日", "XXXX", "の部屋")) {
            assertThat(found(term)).as(term).contains(room);
        }
        assertThat(found("日語")).doesNotContain(room);
        assertThat(found("tail")).as("beyond what is searched").doesNotContain(room);
    }

    private List<String> found(String term) {
        return server
                .post(
                        alice,
                        "/publicRooms",
                        JsonObject.of("filter", JsonObject.of("generic_search_term", term)))
                .list("chunk")
                .stream()
                .map(entry -> entry.string("room_id").orElseThrow())
                .toList();
    }
}
