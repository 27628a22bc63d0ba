package org.valise.rooms.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Caller;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.timeline.RoomRef;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Random histories of which random parts are forgotten: what anything refers to stays as it was,
/// and the rest is gone.
final class StateCollectorTest {
    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final TestNode other = new TestNode(database.database());
    private final Caller alice = node.caller("alice");
    private int changes;

    @AfterEach
    void stop() {
        other.close();
        node.close();
        database.close();
    }

    @Test
    void collectsWhatNothingRefersToAndNothingElse() {
        for (int seed = 0; seed < 3; seed++) {
            collect(seed);
        }
    }

    @Tag("long")
    @Test
    void collectsSoForManySeeds() {
        for (int seed = 3; seed < 100; seed++) {
            collect(seed);
        }
    }

    private void collect(int seed) {
        Random random = new Random(seed);
        RoomRef room = room();
        for (int i = 0; i < 120; i++) {
            change(room, random);
        }
        forgetSome(room, random);
        Map<Long, Map<Long, Long>> before = states(room);
        StateCollector collector = new StateCollector(database.database());
        database.database().run(tx -> collector.ask(tx, room.number()));
        // Two nodes go on writing, and both try to collect.
        while (collector.step()) {
            change(room, random);
            new StateCollector(database.database()).step();
        }
        Map<Long, Map<Long, Long>> after = states(room);
        assertThat(after).as("seed %d", seed).containsAllEntriesOf(before);
        // What was written during the sweep was not looked at: sweep once more.
        database.database().run(tx -> collector.ask(tx, room.number()));
        while (collector.step()) {
            assertThat(states(room)).as("seed %d, between steps", seed).isEqualTo(after);
        }
        assertThat(blobs(room)).as("seed %d", seed).isEqualTo(needed(room));
    }

    @Test
    void goesOnWhereAnotherNodeStopped() {
        RoomRef room = room();
        Random random = new Random(5);
        for (int i = 0; i < 40; i++) {
            change(room, random);
        }
        forgetSome(room, random);
        Map<Long, Map<Long, Long>> before = states(room);
        database.database()
                .run(tx -> new StateCollector(database.database()).ask(tx, room.number()));
        // Each step by a collector that knows nothing of those before.
        while (new StateCollector(database.database()).step()) {
            assertThat(states(room)).isEqualTo(before);
        }
        assertThat(blobs(room)).isEqualTo(needed(room));
    }

    private RoomRef room() {
        List<JsonObject> state = new ArrayList<>();
        for (int i = 0; i < 90; i++) { // beyond one leaf
            state.add(
                    JsonObject.of(
                            "type",
                            "org.valise.test",
                            "state_key",
                            "k" + i,
                            "content",
                            JsonObject.of("n", i)));
        }
        RoomId id =
                node.createRoom(
                        alice,
                        JsonObject.of(
                                "preset", "public_chat", "initial_state", JsonArray.of(state)));
        return node.rooms.rooms().find(id).orElseThrow();
    }

    private void change(RoomRef room, Random random) {
        TestNode writer = random.nextBoolean() ? node : other;
        changes++;
        if (random.nextInt(4) == 0) {
            Caller member = writer.caller("m" + random.nextInt(100));
            writer.rooms.membershipChanger().join(member, room.id(), null, changes);
            return;
        }
        UserId sender = alice.user();
        Draft draft =
                random.nextBoolean()
                        ? Draft.message("m.room.message", sender, JsonObject.of(), changes)
                        : Draft.state(
                                "org.valise.test",
                                "k" + random.nextInt(120),
                                sender,
                                JsonObject.of("n", changes),
                                changes);
        writer.rooms.lanes().write(room, w -> w.send(draft));
    }

    /// As a purge would: rows that refer to old states are no more.
    private void forgetSome(RoomRef room, Random random) {
        int part = 2 + random.nextInt(5);
        database.database()
                .run(tx -> {
                    tx.update(
                            """
                            UPDATE rooms.event SET snapshot_before = 0
                            WHERE room = ? AND number % ? <> 0
                              AND number < (SELECT max(number) FROM rooms.event WHERE room = ?) - 9
                            """,
                            room.number(), part, room.number());
                    tx.update(
                            """
                            DELETE FROM rooms.current_state c WHERE room = ? AND position % ? <> 1
                              AND position < (SELECT max(position) FROM rooms.current_state
                                              WHERE room = c.room)
                            """,
                            room.number(), part);
                });
    }

    /// Every state that a row refers to, read without any cache.
    private Map<Long, Map<Long, Long>> states(RoomRef room) {
        StateStore fresh = new StateStore(database.database(), 1 << 20);
        Map<Long, Map<Long, Long>> states = new HashMap<>();
        for (long number : roots(room)) {
            Map<Long, Long> entries = new HashMap<>();
            StateSnapshot snapshot = fresh.snapshot(number);
            snapshot.forEachMember(entries::put);
            snapshot.forEachOther(entries::put);
            states.put(number, entries);
        }
        return states;
    }

    private Set<Long> roots(RoomRef room) {
        return new HashSet<>(
                database.database()
                        .read(tx ->
                                tx.query(
                                        """
                                        SELECT snapshot_before FROM rooms.event
                                        WHERE room = ? AND snapshot_before <> 0
                                        UNION SELECT snapshot FROM rooms.current_state WHERE room = ?
                                        UNION SELECT snapshot FROM rooms.head WHERE room = ?
                                        """,
                                        row -> row.getLong(1),
                                        room.number(),
                                        room.number(),
                                        room.number())));
    }

    private Set<Long> blobs(RoomRef room) {
        return new HashSet<>(
                database.database()
                        .read(tx ->
                                tx.query(
                                        "SELECT number FROM rooms.state_blob WHERE room = ?",
                                        row -> row.getLong(1),
                                        room.number())));
    }

    /// The slow way: whatever a walk through all states touches.
    private Set<Long> needed(RoomRef room) {
        Set<Long> touched = new HashSet<>(roots(room));
        StateStore store = new StateStore(database.database(), 1 << 20);
        StateNodes watching =
                (blob, offset) -> {
                    touched.add(blob);
                    return store.load(blob, offset);
                };
        for (long number : roots(room)) {
            byte[] bytes =
                    database.database()
                            .read(tx ->
                                    tx.only(
                                            "SELECT bytes FROM rooms.state_blob WHERE number = ?",
                                            row -> row.getBytes(1),
                                            number));
            StateSnapshot snapshot = StateSnapshot.read(number, bytes, watching);
            snapshot.forEachMember((key, event) -> {});
            snapshot.forEachOther((key, event) -> {});
        }
        return touched;
    }
}
