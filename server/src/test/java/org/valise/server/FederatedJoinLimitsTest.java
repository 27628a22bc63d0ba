package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.server.FakeServer.Answer;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// Rooms of other servers that people of this one may not join, whatever those servers say.
final class FederatedJoinLimitsTest {
    private static final AtomicInteger ROOMS = new AtomicInteger();

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static FakeServer fake;
    private static TestClient alice;

    @BeforeAll
    static void start() {
        federation =
                TestFederation.in(folder)
                        .with("federation.largest_room", "40")
                        .with("registration.guests", "true")
                        .server("one")
                        .fake("fake")
                        .start();
        fake = federation.fake("fake");
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    private static FakeRoom room() {
        FakeRoom room =
                new FakeRoom(fake.signer(), RoomVersion.V11, "room" + ROOMS.incrementAndGet());
        room.serveJoins(fake);
        return room;
    }

    private static TestClient.Answer join(TestClient who, FakeRoom room) {
        return FederatedJoinTest.join(who, new TestRoom(room.id.value()), "fake.test");
    }

    /// What is told of a room to those who are not in it.
    private static void tell(FakeRoom room, JsonObject more) {
        JsonObject summary =
                JsonObject.of(
                        "room_id",
                        room.id.value(),
                        "join_rule",
                        "public",
                        "world_readable",
                        false,
                        "children_state",
                        JsonArray.of());
        JsonObject told = summary.toBuilder().putAll(more).build();
        fake.on(
                "/_matrix/federation/v1/hierarchy/" + Synced.encoded(room.id.value()),
                request ->
                        Answer.ok(
                                JsonObject.of(
                                        "room",
                                        told,
                                        "children",
                                        JsonArray.of(),
                                        "inaccessible_children",
                                        JsonArray.of())));
    }

    private static boolean wasAsked(FakeRoom room, String what) {
        return fake.requests().stream()
                .anyMatch(path -> path.contains(what + Synced.encoded(room.id.value())));
    }

    @Test
    void aRoomOfTooManyMembersIsNotEvenAskedToLetAnybodyIn() {
        FakeRoom room = room();
        tell(room, JsonObject.of("num_joined_members", 41));
        TestClient.Answer answer = join(alice, room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().string("errcode")).contains("M_RESOURCE_LIMIT_EXCEEDED");
        assertThat(wasAsked(room, "/make_join/")).isFalse();
        FakeRoom small = room();
        tell(small, JsonObject.of("num_joined_members", 40));
        assertThat(join(alice, small).status()).isEqualTo(200);
    }

    @Test
    void aGuestDoesNotStayWhereTheyAreNotWelcomeWhateverAServerSays() {
        TestClient guest = TestClient.guest(federation.server("one"));
        FakeRoom room = room();
        tell(room, JsonObject.of("guest_can_join", true));
        TestClient.Answer answer = join(guest, room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(wasAsked(room, "/send_join/")).isTrue();
        assertThat(Synced.initial(guest).in("join", room.id.value())).isEmpty();
    }

    @Test
    void onlyAdministratorsJoinRoomsThatAreTooLarge() {
        FakeRoom room = room();
        for (int i = 0; i < 60; i++) {
            room.state("org.example.many", "key" + i, JsonObject.of());
        }
        TestClient.Answer answer = join(alice, room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().string("errcode")).contains("M_RESOURCE_LIMIT_EXCEEDED");
        assertThat(fake.requests())
                .as("and leaves again")
                .anyMatch(path -> path.contains("/make_leave/" + Synced.encoded(room.id.value())));
        TestClient admin = federation.register("one", "administrator");
        federation.promote("one", admin);
        TestClient.Answer overridden = join(admin, room);
        assertThat(overridden.status()).as(overridden.body()).isEqualTo(200);
    }
}
