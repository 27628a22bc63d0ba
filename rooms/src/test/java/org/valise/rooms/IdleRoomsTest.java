package org.valise.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Caller;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.RoomPolicy;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.testing.TestDatabase;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// However many rooms there are, those in which nothing happens cost no memory.
final class IdleRoomsTest {
    private static final MemoryBudget SMALL =
            new MemoryBudget(512 << 10, 256 << 10, 256 << 10, 256 << 10);

    /// What may stay of a room: its number, its id, the keys of its state, in caches of their own.
    private static final long BYTES_A_ROOM = 1_000;

    @Test
    void manyRooms() throws Exception {
        make(900);
    }

    @Tag("long")
    @Test
    void aHundredThousandRooms() throws Exception {
        make(100_000);
    }

    private static void make(int count) throws Exception {
        try (TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
                TestNode node = new TestNode(database.database(), RoomPolicy.OPEN, SMALL)) {
            Caller alice = node.caller("alice");
            List<RoomId> rooms = new ArrayList<>(use(node, alice, count / 3));
            long before = heap();
            int more = count - rooms.size();
            rooms.addAll(use(node, alice, more));
            long growth = heap() - before;
            assertThat(node.rooms.lanes().memory()).isLessThanOrEqualTo(SMALL.lanes());
            assertThat(node.rooms.views().memory()).isLessThanOrEqualTo(SMALL.views());
            assertThat(growth)
                    .as("bytes for %d more rooms", more)
                    .isLessThan(more * BYTES_A_ROOM + (4L << 20));
            for (int i = 0; i < count; i += count / 50) {
                goesOn(node, alice, rooms.get(i));
            }
        }
    }

    /// Makes rooms in which somebody writes and somebody reads, and then nothing happens.
    private static List<RoomId> use(TestNode node, Caller alice, int count) throws Exception {
        List<RoomId> rooms = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<RoomId>> made = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                made.add(
                        threads.submit(() -> {
                            RoomId room = node.createRoom(alice, JsonObject.of());
                            goesOn(node, alice, room);
                            return room;
                        }));
            }
            for (Future<RoomId> each : made) {
                rooms.add(each.get());
            }
        }
        return rooms;
    }

    private static void goesOn(TestNode node, Caller alice, RoomId id) {
        RoomRef room = node.rooms.rooms().find(id).orElseThrow();
        StoredEvent sent =
                node.rooms
                        .lanes()
                        .write(
                                room,
                                writer ->
                                        writer.send(
                                                Draft.message(
                                                        "m.room.message",
                                                        alice.user(),
                                                        JsonObject.of("body", "hello"),
                                                        1)));
        assertThat(
                        node.rooms
                                .views()
                                .get(room.number())
                                .timeline(0, node.stream.applied(), 1)
                                .events()
                                .getLast()
                                .id())
                .isEqualTo(sent.id());
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
