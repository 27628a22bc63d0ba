package org.valise.rooms.spaces;

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

final class SpaceHierarchyTest {
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

    private static String space() {
        return space("public_chat");
    }

    private static String space(String preset) {
        return server.space(alice, preset);
    }

    private static void link(String parent, String child, JsonObject more) {
        JsonObject content = JsonObject.of("via", JsonArray.of("example.org"));
        for (String key : more.keys()) {
            content = content.with(key, more.get(key));
        }
        server.setState(alice, parent, "m.space.child/" + child, content);
    }

    private static void link(String parent, String child) {
        link(parent, child, JsonObject.of());
    }

    private static Answer hierarchy(User user, String room, String query) {
        return server.get(user, "/_matrix/client/v1/rooms/" + room + "/hierarchy" + query);
    }

    private static List<String> rooms(Answer answer) {
        return answer.list("rooms").stream()
                .map(room -> room.string("room_id").orElseThrow())
                .toList();
    }

    @Test
    void walksDepthFirstInOrderAndPagesThrough() {
        String root = space();
        String sub = space();
        String last = server.publicRoom(alice);
        String first = server.publicRoom(alice);
        String inner = server.publicRoom(alice);
        link(root, last, JsonObject.of("order", "zz"));
        link(root, sub, JsonObject.of("order", "b"));
        link(root, first, JsonObject.of("order", "a"));
        link(sub, inner);
        link(sub, root); // a loop
        List<String> expected = List.of(root, first, sub, inner, last);
        assertThat(rooms(hierarchy(bob, root, ""))).isEqualTo(expected);
        List<String> seen = new ArrayList<>();
        String from = "";
        while (from != null) {
            Answer page = hierarchy(bob, root, "?limit=2" + from);
            seen.addAll(rooms(page));
            from = page.json().string("next_batch").map(next -> "&from=" + next).orElse(null);
        }
        assertThat(seen).isEqualTo(expected);
        assertThat(rooms(hierarchy(bob, root, "?max_depth=1")))
                .containsExactly(root, first, sub, last);
        assertThat(rooms(hierarchy(bob, root, "?max_depth=0"))).containsExactly(root);
    }

    @Test
    void refusesWhatMakesNoSense() {
        String root = space();
        link(root, server.publicRoom(alice));
        String next = hierarchy(bob, root, "?limit=1").json().string("next_batch").orElseThrow();
        for (String query :
                List.of(
                        "?limit=0",
                        "?limit=-1",
                        "?max_depth=-1",
                        "?from=x",
                        "?from=h2_20_a_!nowhere:example.org",
                        "?max_depth=3&from=" + next,
                        "?suggested_only=true&from=" + next)) {
            assertThat(hierarchy(bob, root, query).refusal())
                    .as(query)
                    .isEqualTo("400 M_INVALID_PARAM");
        }
    }

    @Test
    void showsTheLinksOfSpacesOnly() {
        String root = space();
        String child = server.publicRoom(alice);
        link(root, child);
        link(child, root);
        server.setState(alice, root, "m.space.child/!removed:example.org", JsonObject.of());
        List<JsonObject> rooms = hierarchy(bob, root, "").list("rooms");
        List<JsonObject> links = rooms.get(0).array("children_state").orElseThrow().objects();
        assertThat(links).hasSize(1);
        assertThat(links.getFirst().keys())
                .containsExactlyInAnyOrder(
                        "type", "state_key", "content", "sender", "origin_server_ts");
        assertThat(links.getFirst().string("state_key")).contains(child);
        assertThat(rooms.get(1).array("children_state")).contains(JsonArray.of());
        assertThat(rooms.get(0).string("room_type")).contains("m.space");
    }

    @Test
    void followsOnlySuggestedRoomsWhenAsked() {
        String root = space();
        String suggested = server.publicRoom(alice);
        String sub = space();
        String below = server.publicRoom(alice);
        link(root, suggested, JsonObject.of("suggested", true));
        link(root, sub);
        link(sub, below, JsonObject.of("suggested", true));
        Answer answer = hierarchy(bob, root, "?suggested_only=true");
        assertThat(rooms(answer)).containsExactly(root, suggested);
        assertThat(answer.list("rooms").getFirst().array("children_state").orElseThrow().size())
                .isEqualTo(1);
    }

    @Test
    void tellsOnlyOfRoomsThatTheReaderMayKnowOf() {
        String root = space();
        String secret = server.room(alice, JsonObject.of("preset", "private_chat"));
        String secretSpace = space("private_chat");
        String behind = server.publicRoom(alice);
        String invited = server.room(alice, JsonObject.of("preset", "private_chat"));
        String readable =
                server.room(
                        alice,
                        JsonObject.of(
                                "preset",
                                "private_chat",
                                "initial_state",
                                JsonArray.of(
                                        state(
                                                "m.room.history_visibility",
                                                JsonObject.of(
                                                        "history_visibility", "world_readable")))));
        String knockable = restricted(JsonObject.of("join_rule", "knock"));
        String forMembers = server.restrictedRoom(alice, root);
        for (String child :
                List.of(secret, secretSpace, invited, readable, knockable, forMembers)) {
            link(root, child);
        }
        link(secretSpace, behind);
        server.invite(alice, invited, bob);
        assertThat(rooms(hierarchy(bob, root, "")))
                .containsExactly(root, invited, readable, knockable);
        server.join(bob, root);
        assertThat(rooms(hierarchy(bob, root, "")))
                .containsExactly(root, invited, readable, knockable, forMembers);
        assertThat(hierarchy(bob, secretSpace, "").refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(hierarchy(bob, "!nowhere:example.org", "").refusal())
                .isEqualTo("403 M_FORBIDDEN");
        server.post(alice, "/rooms/" + root + "/ban", JsonObject.of("user_id", bob.id())).ok();
        assertThat(hierarchy(bob, root, "").refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    private static JsonObject state(String type, JsonObject content) {
        return JsonObject.of("type", type, "content", content);
    }

    private static String restricted(JsonObject rules) {
        return server.room(
                alice,
                JsonObject.of(
                        "preset",
                        "private_chat",
                        "initial_state",
                        JsonArray.of(state("m.room.join_rules", rules))));
    }

    @Test
    void asksTheDatabaseAFewTimesForManyRooms() {
        String root = space();
        for (int i = 0; i < 40; i++) {
            link(root, server.publicRoom(alice));
        }
        long least = Long.MAX_VALUE;
        // At best of some times: others are counted, too, who still follow what was just made.
        for (int attempt = 0; attempt < 10 && least >= 30; attempt++) {
            try (RoomsServer cold = server.twin()) {
                long before = cold.database().statements();
                Answer answer = cold.get(bob, "/_matrix/client/v1/rooms/" + root + "/hierarchy");
                assertThat(rooms(answer)).hasSize(41);
                least = Math.min(least, cold.database().statements() - before);
            }
        }
        assertThat(least).isLessThan(30);
    }
}
