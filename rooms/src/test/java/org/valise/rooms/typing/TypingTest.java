package org.valise.rooms.typing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

final class TypingTest {
    private static final JsonObject END = JsonObject.of("typing", false);
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

    private static Answer type(User user, String room, JsonObject body) {
        return server.put(user, "/rooms/" + room + "/typing/" + user.id(), body);
    }

    private static JsonObject begin(long millis) {
        return JsonObject.of("typing", true, "timeout", millis);
    }

    private static Typing typing() {
        return server.rooms().typing();
    }

    private static long number(String room) {
        return server.rooms().rooms().find(RoomId.parse(room)).orElseThrow().number();
    }

    private static List<String> typists(String room) {
        return typing().inRoom(number(room)).stream().map(UserId::value).toList();
    }

    private static boolean changedAfter(String room, long ephemeral) {
        return typing().changedIn(number(room), ephemeral, Long.MAX_VALUE);
    }

    @Test
    void knowsWhoTypesAndTellsListenersOfBeginningAndEndOnce() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        Queue<Long> told = new ConcurrentLinkedQueue<>();
        typing().listen((changed, ephemeral) -> {
            if (changed == number(room)) {
                told.add(ephemeral);
            }
        });
        long before = server.rooms().ephemeral().applied();
        type(bob, room, begin(60_000)).ok();
        type(bob, room, begin(60_000)).ok();
        type(alice, room, JsonObject.of("typing", true)).ok();
        assertThat(typists(room)).containsExactly(alice.id(), bob.id());
        assertThat(changedAfter(room, before)).isTrue();
        assertThat(typing().roomsChangedIn(before, Long.MAX_VALUE)).contains(number(room));
        long between = server.rooms().ephemeral().applied();
        assertThat(changedAfter(room, between)).isFalse();
        type(bob, room, END).ok();
        type(bob, room, END).ok();
        assertThat(typists(room)).containsExactly(alice.id());
        assertThat(changedAfter(room, between)).isTrue();
        assertThat(List.copyOf(told)).hasSize(3).isSorted();
    }

    @Test
    void endsByItself() throws InterruptedException {
        String room = server.publicRoom(alice);
        type(alice, room, begin(1)).ok();
        long begun = server.rooms().ephemeral().applied();
        assertThat(typists(room)).containsExactly(alice.id());
        for (int i = 0; i < 200 && !changedAfter(room, begun); i++) {
            Thread.sleep(50);
        }
        assertThat(changedAfter(room, begun)).isTrue();
        assertThat(typists(room)).isEmpty();
    }

    @Test
    void endsWithLeavingTheRoom() throws InterruptedException {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        type(bob, room, begin(60_000)).ok();
        server.leave(bob, room);
        for (int i = 0; i < 200 && !typists(room).isEmpty(); i++) {
            Thread.sleep(50);
        }
        assertThat(typists(room)).isEmpty();
    }

    @Test
    void refusesWhatIsNotOnesOwnOrNotInTheRoomOrMalformed() {
        String room = server.publicRoom(alice);
        assertThat(type(bob, room, begin(1)).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(type(bob, "!nowhere:example.org", begin(1)))
                .isEqualTo(type(bob, room, begin(1)));
        assertThat(server.put(alice, "/rooms/" + room + "/typing/" + bob.id(), END).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(type(alice, room, JsonObject.of()).refusal()).isEqualTo("400 M_MISSING_PARAM");
        assertThat(type(alice, room, JsonObject.of("typing", "yes")).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(type(alice, room, begin(-1)).refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(typists(room)).isEmpty();
    }
}
