package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// Random histories, and for each answer of `/sync` the one that a slow and obvious reading of the
/// specification gives ([SyncOracle]).
final class SyncOracleTest {
    private static final TestServer SERVER = TestServer.start();
    private static final int LIMIT = 4;
    private static final int STEPS = 90;
    private static final List<String> VISIBILITIES =
            List.of("joined", "invited", "shared", "world_readable");

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    /// One device that syncs on and on, and what it has made of the answers.
    private static final class Device {
        final TestClient client;
        final boolean stateAfter;
        final List<String> tokens = new ArrayList<>();

        /// By room, then by type and state key: ids of events.
        final Map<String, Map<String, String>> states = new HashMap<>();

        Device(TestClient client, boolean stateAfter) {
            this.client = client;
            this.stateAfter = stateAfter;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyAnswerIsWhatTheSpecificationSays(long seed) {
        Random random = new Random(seed);
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TestClient client = TestClient.register(SERVER, "o" + seed + "-" + i);
            devices.add(new Device(client, i % 2 == 1));
        }
        TestClient founder = devices.getFirst().client;
        List<TestRoom> rooms = List.of(TestRoom.open(founder), TestRoom.open(founder));
        List<String> redacted = new ArrayList<>();
        List<String[]> said = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            act(random, devices, rooms, said, redacted, step);
            if (random.nextInt(3) == 0) {
                Device device = devices.get(random.nextInt(devices.size()));
                String at = "seed " + seed + ", step " + step + ", " + device.client.userId();
                syncAndCompare(device, random, rooms, redacted, at);
            }
        }
        for (Device device : devices) {
            syncAndCompare(device, random, rooms, redacted, "seed " + seed + ", at the end");
        }
    }

    private static void act(
            Random random,
            List<Device> devices,
            List<TestRoom> rooms,
            List<String[]> said,
            List<String> redacted,
            int step) {
        TestRoom room = rooms.get(random.nextInt(rooms.size()));
        TestClient who = devices.get(random.nextInt(devices.size())).client;
        TestClient founder = devices.getFirst().client;
        TestClient target = devices.get(1 + random.nextInt(devices.size() - 1)).client;
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> post(who, room.path("/join"), JsonObject.of());
            case 3 -> {
                if (who != founder) {
                    post(who, room.path("/leave"), JsonObject.of());
                }
            }
            case 4 -> remove(founder, room, "kick", target);
            case 5 -> remove(founder, room, "ban", target);
            case 6 -> remove(founder, room, "unban", target);
            case 7 ->
                    post(founder, room.path("/invite"), JsonObject.of("user_id", target.userId()));
            case 8 ->
                    room.setState(
                            founder,
                            "m.room.history_visibility",
                            "",
                            JsonObject.of(
                                    "history_visibility",
                                    VISIBILITIES.get(random.nextInt(VISIBILITIES.size()))));
            case 9 ->
                    room.setState(
                            founder, "m.room.topic", "", JsonObject.of("topic", "topic " + step));
            case 10 -> redactOne(random, said, redacted, founder);
            default -> {
                String body = "said in step " + step + ".";
                TestClient.Answer answer =
                        who.send(
                                "PUT",
                                room.path("/send/m.room.message/s" + step),
                                JsonObject.of("msgtype", "m.text", "body", body));
                if (answer.status() == 200) {
                    said.add(
                            new String[] {
                                room.id(), answer.json().string("event_id").orElseThrow(), body
                            });
                }
            }
        }
    }

    private static void redactOne(
            Random random, List<String[]> said, List<String> redacted, TestClient founder) {
        if (!said.isEmpty()) {
            String[] message = said.remove(random.nextInt(said.size()));
            new TestRoom(message[0]).redact(founder, message[1]);
            redacted.add(message[2]);
        }
    }

    private static void remove(
            TestClient founder, TestRoom room, String action, TestClient target) {
        post(founder, room.path("/" + action), JsonObject.of("user_id", target.userId()));
    }

    /// What is not allowed just does not happen.
    private static void post(TestClient who, String path, JsonObject body) {
        assertThat(who.send("POST", path, body).status()).isIn(200, 403);
    }

    private static void syncAndCompare(
            Device device, Random random, List<TestRoom> rooms, List<String> redacted, String at) {
        String query =
                Synced.filter("{\"room\":{\"timeline\":{\"limit\":" + LIMIT + "}}}")
                        + (device.stateAfter ? "&use_state_after=true" : "");
        boolean goesOn = device.tokens.isEmpty() || random.nextInt(4) != 0;
        @Nullable String since =
                device.tokens.isEmpty()
                        ? null
                        : goesOn
                                ? device.tokens.getLast()
                                : device.tokens.get(random.nextInt(device.tokens.size()));
        Synced synced =
                since == null
                        ? Synced.initial(device.client, query)
                        : new Synced(JsonObject.of("next_batch", since)).next(device.client, query);
        long from = since == null ? 0 : position(since);
        long to = position(synced.token());
        for (String body : redacted) {
            assertThat(synced.json().toString()).as(at).doesNotContain(body);
        }
        for (TestRoom room : rooms) {
            SyncOracle oracle =
                    SyncOracle.of(SERVER.database(), room.id(), device.client.userId(), to);
            compare(synced, oracle.expected(from, LIMIT), room.id(), at);
            if (goesOn) {
                follow(device, synced, oracle, room.id(), at);
            }
        }
        if (goesOn) {
            device.tokens.add(synced.token());
        }
    }

    private static void compare(
            Synced synced, SyncOracle.Expected expected, String room, String at) {
        for (String section : List.of("join", "invite", "knock", "leave")) {
            Optional<Synced.Room> shown = synced.in(section, room);
            assertThat(shown.isPresent())
                    .as(at + ": %s in %s? expected %s", room, section, expected)
                    .isEqualTo(section.equals(expected.section()));
            if (shown.isPresent() && Set.of("join", "leave").contains(section)) {
                assertThat(ids(shown.get().events("timeline")))
                        .as(at + ": timeline of " + room)
                        .isEqualTo(expected.timeline());
                assertThat(shown.get().limited())
                        .as(at + ": limited, " + room)
                        .isEqualTo(expected.limited());
            }
        }
    }

    /// A client that follows the answers has the state that the room has (or had, for whoever
    /// left).
    private static void follow(
            Device device, Synced synced, SyncOracle oracle, String room, String at) {
        Optional<Synced.Room> shown = synced.in("join", room).or(() -> synced.in("leave", room));
        if (shown.isEmpty() || !oracle.wasEverJoined()) {
            return;
        }
        Map<String, String> state = device.states.computeIfAbsent(room, any -> new TreeMap<>());
        if (device.stateAfter) {
            assertThat(shown.get().json().has("state")).as(at).isFalse();
            apply(shown.get().events("state_after"), state);
        } else {
            apply(shown.get().events("state"), state);
            apply(shown.get().events("timeline"), state);
        }
        if (synced.in("join", room).isPresent()
                || oracle.leftWithin(
                        device.tokens.isEmpty() ? 0 : position(device.tokens.getLast()))) {
            assertThat(state).as(at + ": state of " + room).isEqualTo(oracle.stateForReader());
        }
    }

    private static void apply(List<JsonObject> events, Map<String, String> state) {
        for (JsonObject event : events) {
            event.string("state_key")
                    .ifPresent(key ->
                            state.put(
                                    event.string("type").orElseThrow() + " " + key,
                                    event.string("event_id").orElseThrow()));
        }
    }

    private static List<String> ids(List<JsonObject> events) {
        return events.stream().map(event -> event.string("event_id").orElseThrow()).toList();
    }

    private static long position(String token) {
        return Long.parseLong(token.split("_", -1)[1]);
    }
}
