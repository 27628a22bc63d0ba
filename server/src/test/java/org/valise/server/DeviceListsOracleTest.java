package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Device lists after random joins, leaves and uploads, between any two moments, against an answer
/// that is found by looking at every moment.
final class DeviceListsOracleTest {
    private static final int PEOPLE = 4;
    private static final int ROOMS = 3;
    private static final int NOBODY = -1;
    private static final String OWNER = "@owner:localhost";

    /// Somebody in a room.
    private record Place(int person, int room) {}

    /// @param joined who is in which room
    /// @param uploaded who uploaded keys in the step that led here
    /// @param tokens of everybody's sync
    private record Moment(Set<Place> joined, int uploaded, List<String> tokens) {
        boolean together(int one, int other, int room) {
            return joined.contains(new Place(one, room)) && joined.contains(new Place(other, room));
        }

        boolean together(int one, int other) {
            for (int room = 0; room < ROOMS; room++) {
                if (together(one, other, room)) {
                    return true;
                }
            }
            return false;
        }
    }

    private final List<TestClient> people = new ArrayList<>();
    private final List<String> rooms = new ArrayList<>();
    private final List<Moment> moments = new ArrayList<>();

    @Test
    void isWhatLookingAtEveryMomentGives() {
        compare(1, 40, 120);
    }

    @Test
    @Tag("long")
    void isWhatLookingAtEveryMomentGivesManyTimes() {
        compare(System.nanoTime(), 400, 4_000);
    }

    private void compare(long seed, int steps, int questions) {
        SplittableRandom random = new SplittableRandom(seed);
        try (TestServer server = TestServer.start()) {
            prepare(server);
            Set<Place> joined = Set.of();
            moments.add(new Moment(joined, NOBODY, tokens()));
            for (int i = 0; i < steps; i++) {
                joined = new HashSet<>(joined);
                moments.add(new Moment(joined, step(random, joined), tokens()));
            }
            for (int i = 0; i < questions; i++) {
                ask(seed, random);
            }
        }
    }

    /// Rooms that everybody may join.
    private void prepare(TestServer server) {
        for (int i = 0; i < PEOPLE; i++) {
            people.add(TestClient.register(server, "person" + i));
        }
        TestClient owner = TestClient.register(server, "owner");
        for (int i = 0; i < ROOMS; i++) {
            JsonObject made =
                    owner.post(
                            "/_matrix/client/v3/createRoom",
                            JsonObject.of("preset", "public_chat"));
            rooms.add(made.string("room_id").orElseThrow());
        }
    }

    /// @return who uploaded keys
    private int step(SplittableRandom random, Set<Place> joined) {
        int person = random.nextInt(PEOPLE);
        if (random.nextInt(4) == 0) {
            KeyedDevice.withKeys(people.get(person));
            return person;
        }
        Place place = new Place(person, random.nextInt(ROOMS));
        boolean leaves = joined.remove(place);
        if (!leaves) {
            joined.add(place);
        }
        String room = URLEncoder.encode(rooms.get(place.room), StandardCharsets.UTF_8);
        people.get(person)
                .post(
                        "/_matrix/client/v3/rooms/" + room + (leaves ? "/leave" : "/join"),
                        JsonObject.of());
        return NOBODY;
    }

    private List<String> tokens() {
        List<String> tokens = new ArrayList<>();
        for (TestClient person : people) {
            tokens.add(
                    person.get("/_matrix/client/v3/sync")
                            .json()
                            .string("next_batch")
                            .orElseThrow());
        }
        return tokens;
    }

    private void ask(long seed, SplittableRandom random) {
        int from = random.nextInt(moments.size());
        int to = from + random.nextInt(moments.size() - from);
        int person = random.nextInt(PEOPLE);
        String range =
                "?from="
                        + moments.get(from).tokens.get(person)
                        + "&to="
                        + moments.get(to).tokens.get(person);
        JsonObject changes =
                people.get(person).get("/_matrix/client/v3/keys/changes" + range).json();
        Set<String> changed = new TreeSet<>();
        Set<String> left = new TreeSet<>();
        for (int other = 0; other < PEOPLE; other++) {
            if (isChanged(person, other, from, to)) {
                changed.add(people.get(other).userId());
            }
            if (other != person
                    && moments.get(from).together(person, other)
                    && !moments.get(to).together(person, other)) {
                left.add(people.get(other).userId());
            }
        }
        String question = "seed %d: person %d from %d to %d".formatted(seed, person, from, to);
        assertThat(ids(changes, "changed")).as(question).isEqualTo(changed);
        assertThat(ids(changes, "left")).as(question).isEqualTo(left);
        assertThat(syncedFrom(person, from)).as(question).isEqualTo(changesUntilNow(person, from));
    }

    /// Whether the other's list changed while it mattered, or they were not together in one room
    /// all the time.
    private boolean isChanged(int person, int other, int from, int to) {
        boolean uploaded =
                moments.subList(from + 1, to + 1).stream()
                        .anyMatch(moment -> moment.uploaded == other);
        if (other == person) {
            return uploaded || hasMetSomebody(person, from, to);
        }
        if (!moments.get(to).together(person, other)) {
            return false;
        }
        return uploaded || !areTogetherThroughout(person, other, from, to);
    }

    /// Whether somebody came into a room with others in it with whom they were not together in one
    /// room all the time. The owner is in all of them.
    private boolean hasMetSomebody(int person, int from, int to) {
        boolean entered = false;
        for (int room = 0; room < ROOMS; room++) {
            if (moments.get(to).together(person, person, room)
                    && !areTogetherThroughout(person, person, room, from, to)) {
                entered = true;
                for (int other = 0; other < PEOPLE; other++) {
                    if (other != person
                            && moments.get(to).together(person, other, room)
                            && !areTogetherThroughout(person, other, from, to)) {
                        return true;
                    }
                }
            }
        }
        return entered && !areTogetherThroughout(person, person, from, to);
    }

    private boolean areTogetherThroughout(int one, int other, int from, int to) {
        for (int room = 0; room < ROOMS; room++) {
            if (areTogetherThroughout(one, other, room, from, to)) {
                return true;
            }
        }
        return false;
    }

    private boolean areTogetherThroughout(int one, int other, int room, int from, int to) {
        return moments.subList(from, to + 1).stream()
                .allMatch(moment -> moment.together(one, other, room));
    }

    /// What a sync says, which has more in memory.
    private List<Set<String>> syncedFrom(int person, int from) {
        JsonObject lists =
                people.get(person)
                        .get(
                                "/_matrix/client/v3/sync?since="
                                        + moments.get(from).tokens.get(person))
                        .json()
                        .object("device_lists")
                        .orElse(JsonObject.of());
        return List.of(ids(lists, "changed"), ids(lists, "left"));
    }

    private List<Set<String>> changesUntilNow(int person, int from) {
        String range =
                "?from="
                        + moments.get(from).tokens.get(person)
                        + "&to="
                        + moments.getLast().tokens.get(person);
        JsonObject changes =
                people.get(person).get("/_matrix/client/v3/keys/changes" + range).json();
        return List.of(ids(changes, "changed"), ids(changes, "left"));
    }

    /// Without who made the rooms, and stays in them.
    private static Set<String> ids(JsonObject lists, String field) {
        Set<String> ids = new TreeSet<>(lists.array(field).orElse(JsonArray.of()).strings());
        ids.remove(OWNER);
        return ids;
    }
}
