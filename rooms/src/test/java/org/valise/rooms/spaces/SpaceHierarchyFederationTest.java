package org.valise.rooms.spaces;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RemoteServer;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;

import java.util.List;

/// What other servers are told of spaces.
final class SpaceHierarchyFederationTest {
    private static RoomsServer server;
    private static User alice;
    private static RemoteServer remote;
    private static RemoteServer stranger;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        remote = new RemoteServer(server, "remote.example");
        stranger = new RemoteServer(server, "stranger.example");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String space(String preset) {
        return server.space(alice, preset);
    }

    private static void link(String parent, String child, boolean suggested) {
        server.setState(
                alice,
                parent,
                "m.space.child/" + child,
                JsonObject.of("via", JsonArray.of("example.org"), "suggested", suggested));
    }

    private static List<String> children(JsonObject answer) {
        return answer.array("children").orElseThrow().objects().stream()
                .map(child -> child.string("room_id").orElseThrow())
                .toList();
    }

    @Test
    void tellsOfTheRoomsThatTheServersUsersCouldEnterOrRead() {
        String root = space("public_chat");
        String open = server.publicRoom(alice);
        String entrance = server.publicRoom(alice);
        remote.join("bob", entrance);
        String restricted = server.restrictedRoom(alice, entrance);
        String secret = server.room(alice, JsonObject.of("preset", "private_chat"));
        String invited = server.room(alice, JsonObject.of("preset", "private_chat"));
        remote.invite(alice, invited, "bob");
        for (String child : List.of(open, restricted, secret, invited)) {
            link(root, child, child.equals(open));
        }
        link(root, "!unknown:elsewhere.example", false);

        JsonObject told = remote.get("/hierarchy/" + root).ok();
        assertThat(children(told)).containsExactlyInAnyOrder(open, restricted, invited);
        assertThat(told.array("inaccessible_children").orElseThrow().strings())
                .containsExactly(secret);
        JsonObject room = told.object("room").orElseThrow();
        assertThat(room.string("room_id")).contains(root);
        assertThat(room.array("children_state").orElseThrow().size()).isEqualTo(5);
        assertThat(children(stranger.get("/hierarchy/" + root).ok())).containsExactly(open);
        assertThat(children(remote.get("/hierarchy/" + root + "?suggested_only=true").ok()))
                .containsExactly(open);
    }

    @Test
    void knowsNothingOfSpacesThatTheServerCouldNotEnter() {
        String secret = space("private_chat");
        String left = space("public_chat");
        server.leave(alice, left);
        String closed = space("public_chat");
        server.setState(
                alice,
                closed,
                "m.room.server_acl",
                JsonObject.of("allow", JsonArray.of("*"), "deny", JsonArray.of("remote.example")));
        for (String room : List.of(secret, left, closed, "!none:example.org")) {
            assertThat(remote.get("/hierarchy/" + room).json().toString())
                    .isEqualTo(remote.get("/hierarchy/!no:example.org").json().toString());
            assertThat(remote.get("/hierarchy/" + room).refusal()).isEqualTo("404 M_NOT_FOUND");
        }
        assertThat(stranger.get("/hierarchy/" + closed).status()).isEqualTo(200);
    }
}
