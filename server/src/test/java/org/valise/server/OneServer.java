package org.valise.server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.nio.file.Path;

/// One server, on which Alice is, between two that the test plays: `fake`, where Mallory is, and
/// `other`, where Oscar is. Nobody answers for `silent`. For all tests of a class.
abstract class OneServer {
    static final UserId MALLORY = UserId.parse("@mallory:fake.test");
    static final UserId OSCAR = UserId.parse("@oscar:other.test");

    @TempDir private static Path folder;
    static TestFederation federation;
    static TestServer one;
    static FakeServer fake;
    static FakeServer other;
    static TestClient alice;

    @BeforeAll
    static void startServers() {
        federation =
                TestFederation.in(folder)
                        .server("one")
                        .fake("fake")
                        .fake("other")
                        .absent("silent")
                        .start();
        one = federation.server("one");
        fake = federation.fake("fake");
        other = federation.fake("other");
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stopServers() {
        federation.close();
    }

    /// A transaction with events, which must be taken.
    ///
    /// @return what became of each
    static JsonObject send(FakeServer from, Event... events) {
        return from.pdus(one, "one.test", events);
    }

    /// A transaction with one thing that is no event, which must be taken.
    static void edu(FakeServer from, String type, JsonObject content) {
        from.edu(one, "one.test", type, content);
    }

    /// A room as another server has it that knows all of it.
    static SeenRoom seen(FakeServer by, TestRoom room) {
        return SeenRoom.of(by, one, room.id());
    }

    /// Lets a user of another server join, and returns when Alice sees them.
    static void join(FakeServer from, UserId user, TestRoom room) {
        send(from, seen(from, room).join(user));
        Waiting.untilTrue(() -> membership(room, user).equals("join"));
    }

    /// Alice asks to join a room of the first of these servers.
    static TestClient.Answer enter(FakeRoom room) {
        return FederatedJoinTest.join(alice, new TestRoom(room.id.value()), "fake.test");
    }

    /// What Alice sees of somebody in a room; empty: nothing.
    static String membership(TestRoom room, UserId user) {
        String path = room.path("/state/m.room.member/" + Synced.encoded(user.value()));
        return alice.get(path).json().string("membership").orElse("");
    }
}
