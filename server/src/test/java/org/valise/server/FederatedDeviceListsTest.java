package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.file.Path;
import java.util.List;

/// Device lists of users of another server with whom a room is shared: kept, kept up to date, and
/// told of.
final class FederatedDeviceListsTest {
    private static final String UPLOAD = "/_matrix/client/v3/keys/device_signing/upload";
    private static int people;

    @TempDir private static Path folder;
    private static TestFederation federation;

    private final TestClient alice = federation.register("red", "alice-f" + ++people);
    private final TestClient bob = federation.register("blue", "bob-f" + people);

    @BeforeAll
    static void start() {
        federation = TestFederation.start(folder, "red", "blue");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    @AfterEach
    void heal() {
        federation.heal();
    }

    /// A room of Alice's that Bob is in, as both servers know.
    private TestRoom shared() {
        TestRoom room = TestRoom.open(alice);
        join(bob, room, "red.test");
        return room;
    }

    private void join(TestClient who, TestRoom room, String via) {
        who.post(
                "/_matrix/client/v3/join/" + Synced.encoded(room.id()) + "?via=" + via,
                JsonObject.of());
        Waiting.untilTrue(
                () -> alice.get(room.path("/joined_members")).body().contains(who.userId()));
    }

    private static List<String> ids(Synced sync, String field) {
        return sync.json()
                .object("device_lists")
                .flatMap(lists -> lists.array(field))
                .orElse(JsonArray.of())
                .strings();
    }

    /// Syncs until somebody is in `changed` or `left`.
    private static Synced awaitIn(String field, TestClient who, Synced since, String user) {
        Synced[] last = {since};
        return Waiting.until(() -> {
            last[0] = last[0].next(who, "timeout=1000");
            return java.util.Optional.of(last[0]).filter(sync -> ids(sync, field).contains(user));
        });
    }

    private List<String> devicesOfBob() {
        return KeyedDevice.query(alice, bob.userId())
                .object("device_keys")
                .flatMap(users -> users.object(bob.userId()))
                .orElse(JsonObject.of())
                .keys();
    }

    private static long requests(String part) {
        return federation.link("red", "blue").seen().stream()
                .filter(request -> request.contains(part))
                .count();
    }

    private static long requestsForKeys() {
        return requests("/user/devices/") + requests("/user/keys/query");
    }

    private long fresh() {
        return federation
                .server("red")
                .database()
                .read(tx ->
                        tx.only(
                                """
                                SELECT count(*) FROM devices.remote_user
                                JOIN accounts_read.user_number ON number = user_number
                                WHERE user_id = ? AND NOT stale
                                """,
                                row -> row.getLong(1),
                                bob.userId()));
    }

    @Test
    void whoJoinsASharedRoomIsToldAndTheListIsKeptFromTheFirstQuestionOn() {
        KeyedDevice.withKeys(bob);
        TestRoom room = TestRoom.open(alice);
        Synced before = Synced.initial(alice);
        join(bob, room, "red.test");
        awaitIn("changed", alice, before, bob.userId());
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        long asked = requestsForKeys();
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        assertThat(requestsForKeys()).isEqualTo(asked);
    }

    @Test
    void aNewDeviceIsToldOfAndComesWithoutAsking() {
        KeyedDevice.withKeys(bob);
        shared();
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        Synced before = Synced.initial(alice);
        KeyedDevice phone = KeyedDevice.withKeys(bob.onAnotherDevice());
        awaitIn("changed", alice, before, bob.userId());
        long asked = requestsForKeys();
        assertThat(devicesOfBob()).contains(phone.id()).hasSize(2);
        assertThat(requestsForKeys()).isEqualTo(asked);
        Synced then = Synced.initial(alice);
        phone.client().post("/_matrix/client/v3/logout", JsonObject.of());
        awaitIn("changed", alice, then, bob.userId());
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        assertThat(requestsForKeys()).isEqualTo(asked);
    }

    @Test
    void anotherNameOfADeviceIsToldOf() {
        KeyedDevice laptop = KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        Synced before = Synced.initial(alice);
        bob.send(
                "PUT",
                "/_matrix/client/v3/devices/" + Synced.encoded(bob.deviceId()),
                JsonObject.of("display_name", "Laptop"));
        awaitIn("changed", alice, before, bob.userId());
        JsonObject named = JsonObject.of("device_display_name", "Laptop");
        Waiting.untilTrue(
                () -> laptop.seenBy(alice).object("unsigned").filter(named::equals).isPresent());
    }

    @Test
    void crossSigningKeysComeAsUpdates() {
        KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        Synced before = Synced.initial(alice);
        CrossSigningKeys bobs = new CrossSigningKeys(bob.userId());
        bob.post(UPLOAD, bobs.all());
        awaitIn("changed", alice, before, bob.userId());
        long asked = requestsForKeys();
        JsonObject answer = KeyedDevice.query(alice, bob.userId());
        assertThat(answer.object("master_keys").orElseThrow().get(bob.userId()))
                .isEqualTo(bobs.masterKey());
        assertThat(answer.object("self_signing_keys").orElseThrow().get(bob.userId()))
                .isEqualTo(bobs.selfSigningKey());
        assertThat(requestsForKeys()).isEqualTo(asked);
    }

    @Test
    void whatChangedDuringAnOutageComesAfterIt() {
        KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        Synced before = Synced.initial(alice);
        federation.cut("red", "blue");
        KeyedDevice phone = KeyedDevice.withKeys(bob.onAnotherDevice());
        KeyedDevice tablet = KeyedDevice.withKeys(bob.onAnotherDevice());
        // What is known is good enough to talk to those devices meanwhile.
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        federation.heal();
        awaitIn("changed", alice, before, bob.userId());
        Waiting.untilTrue(() ->
                devicesOfBob().size() == 3
                        && devicesOfBob().containsAll(List.of(phone.id(), tablet.id())));
    }

    @Test
    void aListWithAGapIsStaleInTheDatabaseUntilItWasFetched() {
        KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        Waiting.untilTrue(() -> fresh() == 1);
        Synced before = Synced.initial(alice);
        // An update is lost for good, and the next one comes while nobody can be asked.
        federation.link("blue", "red").cut();
        KeyedDevice lost = KeyedDevice.withKeys(bob.onAnotherDevice());
        Waiting.untilTrue(() -> forgetUpdatesOf(bob) > 0);
        federation.link("red", "blue").cut();
        federation.link("blue", "red").heal();
        KeyedDevice next = KeyedDevice.withKeys(bob.onAnotherDevice());
        Waiting.untilTrue(() -> fresh() == 0);
        awaitIn("changed", alice, before, bob.userId());
        federation.crash("red");
        federation.start("red");
        assertThat(fresh()).isZero();
        federation.heal();
        Waiting.untilTrue(() -> fresh() == 1);
        assertThat(devicesOfBob()).contains(lost.id(), next.id()).hasSize(3);
    }

    /// As a server does that was restored from a backup.
    private static int forgetUpdatesOf(TestClient user) {
        return federation
                .server("blue")
                .database()
                .read(tx ->
                        tx.update(
                                "DELETE FROM federation.outgoing_edu WHERE position(? IN"
                                        + " convert_from(content, 'UTF8')) > 0",
                                user.userId()));
    }

    @Test
    void nothingIsKeptOfWhoLeftAndNobodyIsToldOfThemAnyMore() {
        KeyedDevice.withKeys(bob);
        TestRoom room = shared();
        devicesOfBob();
        Waiting.untilTrue(() -> fresh() == 1);
        Synced before = Synced.initial(alice);
        room.leave(bob);
        Synced after = awaitIn("left", alice, before, bob.userId());
        Waiting.untilTrue(() -> fresh() == 0);
        KeyedDevice phone = KeyedDevice.withKeys(bob.onAnotherDevice());
        // Who comes back is told of at once, with what is new.
        join(bob, room, "red.test");
        awaitIn("changed", alice, after, bob.userId());
        assertThat(devicesOfBob()).contains(phone.id()).hasSize(2);
    }

    @Test
    void nothingIsKeptOfAServerWhoseRoomTheLastOneHereLeft() {
        KeyedDevice.withKeys(bob);
        TestRoom room = TestRoom.open(bob);
        alice.post(
                "/_matrix/client/v3/join/" + Synced.encoded(room.id()) + "?via=blue.test",
                JsonObject.of());
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        Waiting.untilTrue(() -> fresh() == 1);
        room.leave(alice);
        Waiting.untilTrue(() -> fresh() == 0);
    }

    @Test
    void whoseServerCannotBeReachedIsShownAsLastKnown() {
        KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        Waiting.untilTrue(() -> fresh() == 1);
        federation
                .server("red")
                .database()
                .run(tx ->
                        tx.update(
                                "UPDATE devices.remote_user SET stale = true, retry_at = now() +"
                                        + " interval '1 hour'"));
        federation.cut("red", "blue");
        JsonObject answer = KeyedDevice.query(alice, bob.userId());
        assertThat(answer.object("failures").orElseThrow().keys()).containsExactly("blue.test");
        assertThat(answer.object("device_keys").flatMap(users -> users.object(bob.userId())))
                .map(JsonObject::keys)
                .contains(List.of(bob.deviceId()));
    }
}
