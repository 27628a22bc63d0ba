package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.server.Link.Fate;
import org.valise.server.Link.Passage;
import org.valise.server.Link.Weather;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// A room of three servers to which a seed does everything that may happen to one.
final class FaultyRoom {
    static final List<String> SERVERS = List.of("a", "b", "c");

    private static final List<String> VERSIONS = List.of("10", "11", "12");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /// What a server knows of the room: ids of events, and whether they were rejected (2) or are
    /// part of it (0, 1: what is soft-failed here need not be there). Outliers are nobody's
    /// business.
    private static final String EVENTS =
            """
            SELECT event_id, CASE WHEN status IN (0, 1) THEN 'in' WHEN status = 2 THEN 'rejected' ELSE 'waiting' END
            FROM rooms.event WHERE room = (SELECT number FROM rooms.room WHERE room_id = ?) AND status <> 3
            """;

    private final TestFederation federation;
    private final People people;
    private final Random random;
    private final String name;
    private final TestRoom room;
    private final Set<String> down = new HashSet<>();
    private final Map<String, String> acknowledged = new HashMap<>();
    private Set<String> before = Set.of();

    /// On each server somebody who is always in the room and may do everything, and somebody who
    /// comes and goes.
    record People(Map<String, TestClient> residents, Map<String, TestClient> guests) {
        static People register(TestFederation federation) {
            Map<String, TestClient> residents = new HashMap<>();
            Map<String, TestClient> guests = new HashMap<>();
            for (String server : SERVERS) {
                residents.put(server, federation.register(server, "resident"));
                guests.put(server, federation.register(server, "guest"));
            }
            return new People(residents, guests);
        }

        TestClient resident(String server) {
            return residents.get(server);
        }
    }

    private FaultyRoom(TestFederation federation, People people, long seed) {
        this.federation = federation;
        this.people = people;
        this.random = new Random(seed);
        String version = VERSIONS.get(random.nextInt(VERSIONS.size()));
        this.name = "seed " + seed + ", room version " + version;
        JsonObject.Builder powers = JsonObject.builder();
        people.residents()
                .forEach((server, resident) -> {
                    if (!server.equals("a")) {
                        powers.put(resident.userId(), 99);
                    }
                });
        this.room =
                TestRoom.create(
                        people.resident("a"),
                        JsonObject.of(
                                "preset",
                                "public_chat",
                                "room_version",
                                version,
                                "power_level_content_override",
                                JsonObject.of(
                                        "users",
                                        version.equals("12")
                                                ? powers.build()
                                                : powers.put(people.resident("a").userId(), 100)
                                                        .build())));
    }

    /// A room in which all residents are.
    static FaultyRoom open(TestFederation federation, People people, long seed) {
        FaultyRoom opened = new FaultyRoom(federation, people, seed);
        for (String server : List.of("b", "c")) {
            TestFederation.awaitReach(people.resident("a"), people.resident(server));
            people.resident(server)
                    .post(
                            "/_matrix/client/v3/join/"
                                    + Synced.encoded(opened.room.id())
                                    + "?via=a.test",
                            JsonObject.of());
        }
        String said = opened.room.say(people.resident("a"), "all are here");
        for (String server : SERVERS) {
            Waiting.untilTrue(() -> opened.events(server).containsKey(said));
        }
        opened.before = opened.events("a").keySet();
        return opened;
    }

    /// Something happens.
    void step(int number) {
        String server = SERVERS.get(random.nextInt(SERVERS.size()));
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> weather(server);
            case 3 -> federation.isolate(server);
            case 4 -> federation.cut(server, other(server));
            case 5 -> federation.heal();
            case 6 -> stopOrStart(server);
            default -> act(server, number);
        }
    }

    private String other(String server) {
        int next = SERVERS.indexOf(server) + 1 + random.nextInt(SERVERS.size() - 1);
        return SERVERS.get(next % SERVERS.size());
    }

    private void weather(String from) {
        Random own = new Random(random.nextLong());
        int goodInHundred = 40 + random.nextInt(50);
        int slowest = 1 + random.nextInt(250);
        Weather bad =
                () -> {
                    synchronized (own) {
                        Fate fate =
                                own.nextInt(100) < goodInHundred
                                        ? Fate.DELIVERED
                                        : Fate.values()[own.nextInt(Fate.values().length)];
                        return new Passage(fate, Duration.ofMillis(own.nextInt(slowest)));
                    }
                };
        federation.link(from, other(from)).set(bad);
    }

    /// At most one is away at a time.
    private void stopOrStart(String server) {
        if (!down.isEmpty()) {
            down.forEach(federation::start);
            down.clear();
        } else {
            if (random.nextBoolean()) {
                federation.stop(server);
            } else {
                federation.crash(server);
            }
            down.add(server);
        }
    }

    private void act(String server, int number) {
        TestClient resident = people.resident(server);
        TestClient guest = people.guests().get(SERVERS.get(random.nextInt(SERVERS.size())));
        String target = guest.userId();
        int what = random.nextInt(14);
        if (down.contains(server)) {
            return;
        }
        JsonObject who = JsonObject.of("user_id", target, "reason", "step " + number);
        switch (what) {
            case 0 -> state(server, "m.room.topic", JsonObject.of("topic", "topic " + number));
            case 1 -> state(server, "m.room.name", JsonObject.of("name", "name " + number));
            case 2 ->
                    state(
                            server,
                            "m.room.join_rules",
                            JsonObject.of("join_rule", number % 2 == 0 ? "public" : "invite"));
            case 3 -> ask(resident, "POST", "/kick", who);
            case 4 -> ask(resident, "POST", "/ban", who);
            case 5 -> ask(resident, "POST", "/unban", who);
            case 6, 7 -> ask(people.guests().get(server), "POST", "/join", JsonObject.of());
            case 8 -> ask(people.guests().get(server), "POST", "/leave", JsonObject.of());
            case 9 -> say(people.guests().get(server), number);
            case 10 -> powers(server, target, number);
            default -> say(resident, number);
        }
    }

    private void say(TestClient who, int number) {
        ask(
                who,
                "PUT",
                "/send/m.room.message/" + System.nanoTime(),
                JsonObject.of("msgtype", "m.text", "body", "step " + number));
    }

    private void state(String server, String type, JsonObject content) {
        ask(people.resident(server), "PUT", "/state/" + type + "/", content);
    }

    /// Gives a guest another power level, or demands another one for messages.
    private void powers(String server, String target, int number) {
        try {
            TestClient.Answer answer =
                    people.resident(server).get(room.path("/state/m.room.power_levels/"));
            if (answer.status() == 200) {
                JsonObject users = answer.json().object("users").orElse(JsonObject.of());
                JsonObject now =
                        number % 3 == 0
                                ? answer.json().with("events_default", number % 2)
                                : answer.json()
                                        .with("users", users.with(target, (number % 4) * 10));
                state(server, "m.room.power_levels", now);
            }
        } catch (UncheckedIOException e) {
            // That server answers nobody in time: so nothing was done.
        }
    }

    /// Refusals are part of life, and so is no answer; what was acknowledged must be kept.
    private void ask(TestClient who, String method, String path, JsonObject content) {
        try {
            TestClient.Answer answer = who.send(method, room.path(path), content);
            if (answer.status() == 200) {
                answer.json()
                        .string("event_id")
                        .filter(id -> !before.contains(id)) // state that was so already
                        .ifPresent(id -> acknowledged.put(id, who.userId() + " " + path));
            }
        } catch (UncheckedIOException e) {
            // Not acknowledged.
        }
    }

    /// All servers run, the network is fine, and each says something.
    void makeEverythingWell() {
        down.forEach(federation::start);
        down.clear();
        federation.heal();
        everybodySpeaks();
    }

    private void everybodySpeaks() {
        for (String server : SERVERS) {
            ask(
                    people.resident(server),
                    "PUT",
                    "/send/m.room.message/" + System.nanoTime(),
                    JsonObject.of("msgtype", "m.text", "body", "we are well"));
        }
    }

    /// Same events, same state, nothing lost and nothing waiting.
    ///
    /// What one server has taken and another has softly failed is in the state of the one alone,
    /// until somebody says something that follows it: so they speak once more when all have heard
    /// all.
    void requireAgreement() {
        await(this::haveHeardAll);
        everybodySpeaks();
        await(this::isAgreed);
        Map<String, String> first = events("a");
        for (String server : SERVERS) {
            Map<String, String> here = events(server);
            assertThat(here).as("%s: events of %s", name, server).isEqualTo(first);
            assertThat(here).as("%s: nothing waits", name).doesNotContainValue("waiting");
            Map<String, String> lost = new TreeMap<>(acknowledged);
            lost.keySet().removeAll(here.keySet());
            assertThat(lost).as("%s: what was acknowledged, at %s", name, server).isEmpty();
            assertThat(state(server)).as("%s: state of %s", name, server).isEqualTo(state("a"));
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            pause();
        }
    }

    private boolean haveHeardAll() {
        Map<String, String> first = events("a");
        return first.keySet().containsAll(acknowledged.keySet())
                && !first.containsValue("waiting")
                && SERVERS.stream().allMatch(server -> events(server).equals(first));
    }

    private boolean isAgreed() {
        JsonObject state = state("a");
        return haveHeardAll() && SERVERS.stream().allMatch(server -> state(server).equals(state));
    }

    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(200));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Events since all were there.
    private Map<String, String> events(String server) {
        Map<String, String> found = new TreeMap<>();
        federation
                .server(server)
                .database()
                .run(tx ->
                        tx.each(
                                EVENTS,
                                row -> found.put(row.getString(1), row.getString(2)),
                                room.id()));
        found.keySet().removeAll(before);
        return found;
    }

    /// By type and state key, the id of the event.
    private JsonObject state(String server) {
        TestClient.Answer answer = people.resident(server).get(room.path("/state"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        Collection<JsonObject> events = ((JsonArray) Json.parse(answer.bytes())).objects();
        List<String> keys = new ArrayList<>();
        Map<String, String> state = new TreeMap<>();
        for (JsonObject event : events) {
            String key =
                    event.string("type").orElseThrow()
                            + " "
                            + event.string("state_key").orElseThrow();
            keys.add(key);
            state.put(key, event.string("event_id").orElseThrow());
        }
        assertThat(keys).doesNotHaveDuplicates();
        JsonObject.Builder all = JsonObject.builder();
        state.forEach(all::put);
        return all.build();
    }
}
