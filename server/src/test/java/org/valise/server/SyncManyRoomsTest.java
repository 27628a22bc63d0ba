package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Syncs about many rooms at once, on a node that has nothing in memory: a handful of queries, and
/// the same answer as from one that has everything.
final class SyncManyRoomsTest {
    private static final int ROOMS = 40;
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-y" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-y" + people);
    private final List<TestRoom> rooms = new ArrayList<>();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private void makeRooms() {
        for (int i = 0; i < ROOMS; i++) {
            TestRoom room = TestRoom.open(alice);
            if (i % 3 == 0) {
                room.setState(alice, "m.room.name", "", JsonObject.of("name", "Room " + i));
            }
            if (i % 4 == 0) {
                room.setState(
                        alice,
                        "m.room.history_visibility",
                        "",
                        JsonObject.of("history_visibility", "joined"));
            }
            room.say(alice, "before bob");
            room.join(bob);
            String read = room.say(alice, "read");
            if (i % 2 == 0) {
                room.read(bob, read, "m.read", JsonObject.of());
            }
            rooms.add(room);
        }
    }

    /// What an answer says, without what depends on when and where it was asked for.
    private static String essence(Synced synced) {
        return synced.json()
                .without("next_batch", "presence")
                .toString()
                .replaceAll("\"age\":[0-9]+", "\"age\":0")
                .replaceAll("\"prev_batch\":\"s[0-9]_[0-9_]+\"", "\"prev_batch\":\"s1\"");
    }

    /// Another node, which knows nothing of these rooms yet, answers the same.
    ///
    /// @param queries more than it may ask the database
    private void assertColdIsLike(Synced warm, Function<TestClient, Synced> sync, long queries) {
        try (TestServer node = SERVER.secondNode()) {
            TestClient there = bob.at(node);
            there.get("/_matrix/client/v3/account/whoami");
            long before = node.statements();
            Synced cold = sync.apply(there);
            assertThat(node.statements() - before).isLessThan(queries);
            assertThat(essence(cold)).isEqualTo(essence(warm));
        }
    }

    @Test
    void aFirstSyncIsTheSameColdAndWarmAndCostsAHandfulOfQueries() {
        makeRooms();
        Synced warm = Synced.initial(bob);
        warm = Synced.initial(bob);
        assertColdIsLike(warm, Synced::initial, 2 * ROOMS + 20);
    }

    /// The state of a large room lies in many pieces: they are not read room by room.
    @Test
    void aFirstSyncOfRoomsWithMuchStateCostsAHandfulOfQueries() {
        int large = 12;
        List<JsonObject> state = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            state.add(
                    JsonObject.of(
                            "type",
                            "org.example.thing",
                            "state_key",
                            "k" + i,
                            "content",
                            JsonObject.of("n", i)));
        }
        for (int i = 0; i < large; i++) {
            TestRoom room =
                    TestRoom.create(
                            alice,
                            JsonObject.of(
                                    "preset", "public_chat", "initial_state", JsonArray.of(state)));
            for (int j = 0; j < 14; j++) {
                room.setState(alice, "org.example.thing", "k" + 6 * j, JsonObject.of("n", -j));
            }
            room.join(bob);
        }
        Synced warm = Synced.initial(bob);
        warm = Synced.initial(bob);
        // Read event by event it would be 14 queries a room, for what was replaced.
        assertColdIsLike(warm, Synced::initial, 7 * large);
    }

    /// What is unread is counted from the events; they are not read room by room.
    @Test
    void aFirstSyncOfRoomsInWhichMuchIsUnreadCostsAHandfulOfQueries() {
        int many = 12;
        int said = 130;
        for (int i = 0; i < many; i++) {
            TestRoom room = TestRoom.open(alice);
            room.join(bob);
            for (int j = 0; j < said; j++) {
                room.say(alice, "unread " + j);
            }
            rooms.add(room);
        }
        Synced warm = Synced.initial(bob);
        assertThat(warm.joined(rooms.getFirst().id()).notifications()).isEqualTo(said);
        warm = Synced.initial(bob);
        // Read room by room it would be three more for each.
        assertColdIsLike(warm, Synced::initial, 8 * many);
    }

    @Test
    void catchingUpAfterANightIsTheSameColdAndWarmAndCostsAHandfulOfQueries() {
        makeRooms();
        Synced evening = Synced.initial(bob);
        for (TestRoom room : rooms) {
            for (int i = 0; i < 5; i++) {
                room.say(alice, "by night " + i);
            }
        }
        Synced warm = evening.next(bob);
        warm = evening.next(bob);
        assertThat(warm.joined(rooms.getFirst().id()).bodies()).hasSize(5);
        assertThat(warm.joined(rooms.getFirst().id()).notifications()).isEqualTo(5);
        assertThat(warm.joined(rooms.get(1).id()).notifications()).isEqualTo(6);
        // Read room by room it would be one more for each. A slow machine's background asks too.
        assertColdIsLike(warm, evening::next, ROOMS + ROOMS / 2);
    }
}
