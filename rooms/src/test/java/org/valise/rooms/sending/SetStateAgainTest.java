package org.valise.rooms.sending;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;

final class SetStateAgainTest {
    private static final JsonObject RED = JsonObject.of("color", "red");
    private static final JsonObject BLUE = JsonObject.of("color", "blue");
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

    @Test
    void settingWhatIsSetMakesNoFurtherEvent() {
        String room = server.publicRoom(alice);
        String first = set(alice, room, RED);
        assertThat(set(alice, room, RED)).isEqualTo(first);
        String other = set(alice, room, BLUE);
        assertThat(other).isNotEqualTo(first);
        assertThat(set(alice, room, RED)).isNotIn(first, other);
    }

    @Test
    void whatSomebodyElseHasSetIsSetAnew() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        server.put(
                        alice,
                        "/rooms/" + room + "/state/m.room.power_levels",
                        JsonObject.of("state_default", 0))
                .ok();
        assertThat(set(bob, room, RED)).isNotEqualTo(set(alice, room, RED));
    }

    @Test
    void whoIsNotInTheRoomIsRefusedWhateverIsSet() {
        String room = server.publicRoom(alice);
        set(alice, room, RED);
        server.join(bob, room);
        server.leave(bob, room);
        assertThat(server.put(bob, path(room), RED).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    private static String set(User user, String room, JsonObject content) {
        return server.put(user, path(room), content).ok().string("event_id").orElseThrow();
    }

    private static String path(String room) {
        return "/rooms/" + room + "/state/org.example.lamp/kitchen";
    }
}
