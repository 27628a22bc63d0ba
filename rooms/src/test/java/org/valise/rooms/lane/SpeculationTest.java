package org.valise.rooms.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.platform.http.Caller;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.TestNode;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Writers build on what is not committed yet.
final class SpeculationTest {
    @Test
    void buildsOnStateThatIsOnItsWayToTheDatabase() throws Exception {
        try (TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
                TestNode node = new TestNode(database.database());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Caller alice = node.caller("alice");
            RoomId room = node.createRoom(alice, JsonObject.of("room_version", "10"));
            List<Future<EventId>> sent = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int n = i;
                sent.add(
                        threads.submit(() ->
                                node.rooms
                                        .sender()
                                        .sendState(
                                                room,
                                                n % 3 == 0
                                                        ? levels(alice, n)
                                                        : Draft.state(
                                                                "m.room.topic",
                                                                "",
                                                                alice.user(),
                                                                JsonObject.of("topic", "t" + n),
                                                                n))));
            }
            for (Future<EventId> each : sent) {
                assertThat(node.rooms.events().byId(each.get())).isPresent();
            }
        }
    }

    private static Draft levels(Caller alice, int n) {
        return Draft.state(
                "m.room.power_levels",
                "",
                alice.user(),
                JsonObject.of(
                        "users",
                        JsonObject.of(alice.user().value(), 100),
                        "events_default",
                        n % 50),
                n);
    }
}
