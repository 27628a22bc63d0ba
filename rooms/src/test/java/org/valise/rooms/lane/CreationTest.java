package org.valise.rooms.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.platform.http.Caller;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.TestNode;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class CreationTest {
    @Test
    void makesManyRoomsOfOneUserAtOnce() throws Exception {
        try (TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
                TestNode node = new TestNode(database.database());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Caller alice = node.caller("alice");
            List<Future<RoomId>> made = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                made.add(
                        threads.submit(() ->
                                node.createRoom(alice, JsonObject.of("preset", "public_chat"))));
            }
            List<RoomId> rooms = new ArrayList<>();
            for (Future<RoomId> each : made) {
                rooms.add(each.get());
            }
            assertThat(rooms).doesNotHaveDuplicates();
        }
    }
}
