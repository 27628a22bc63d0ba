package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.rooms.members.Membership;

import java.util.List;

/// Device lists of users of another server with whom a room is shared: kept, kept up to date, and
/// told of.
final class FederatedDeviceListsTest extends TwoServers {
    private static final String UPLOAD = "/_matrix/client/v3/keys/device_signing/upload";
    private static final String UPDATES =
            """
            SELECT count(*) FROM federation.outgoing_edu
            WHERE position(? IN convert_from(content, 'UTF8')) > 0
            """;
    private static int people;

    private final TestClient alice = federation.register("red", "alice-f" + ++people);
    private final TestClient bob = federation.register("blue", "bob-f" + people);

    @BeforeEach
    void reach() {
        TestFederation.awaitReach(alice, bob);
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

    private List<String> devicesOfBob() {
        return KeyedDevice.query(alice, bob.userId())
                .object("device_keys")
                .flatMap(users -> users.object(bob.userId()))
                .orElse(JsonObject.of())
                .keys();
    }

    /// How often Bob's server was asked for his devices, for certain or perhaps.
    private long requestsForKeys() {
        return federation.link("red", "blue").seen().stream()
                .filter(request ->
                        request.endsWith("/user/devices/" + Synced.encoded(bob.userId()))
                                || request.endsWith("/user/keys/query"))
                .count();
    }

    private long count(String server, String sql, Object... values) {
        return federation
                .server(server)
                .database()
                .read(tx -> tx.only(sql, row -> row.getLong(1), values));
    }

    private long fresh() {
        return ofBob("NOT stale");
    }

    private long ofBob(String condition) {
        return count(
                "red",
                """
                SELECT count(*) FROM devices.remote_user
                JOIN accounts_read.user_number ON number = user_number WHERE user_id = ? AND\s\
                """
                        + condition,
                bob.userId());
    }

    /// Whether Bob's server has told of all that it ever will.
    private boolean isTold() {
        return count(
                        "blue",
                        """
                        SELECT count(*) FROM accounts_read.user_number AS bob WHERE user_id = ?
                            AND (SELECT position FROM devices.follower WHERE name = 'list_updates') >= greatest(
                                (SELECT max(position) FROM devices.list_change WHERE user_number = bob.number),
                                (SELECT max(position) FROM rooms.membership
                                 WHERE user_number = bob.number AND membership = ?))
                            AND NOT EXISTS (SELECT FROM federation.outgoing_edu WHERE server = 'red.test')
                        """,
                        bob.userId(),
                        Membership.JOIN.code())
                > 0;
    }

    /// Returns when Bob's list is kept, all that was said of him before was heard, and Alice was
    /// told. What is said of him while he is asked for has him asked for once more.
    private void awaitKept() {
        Waiting.untilTrue(() ->
                isTold()
                        && count("red", "SELECT count(*) FROM federation.inbox WHERE room IS NULL")
                                == 0
                        && ofBob("NOT stale AND NOT untold") == 1);
    }

    /// Syncs, and asks for Bob's devices whenever they changed, until they are these.
    private Synced awaitDevices(Synced since, String... ids) {
        return since.awaitChanged(
                alice,
                bob.userId(),
                () ->
                        devicesOfBob().size() == ids.length
                                && devicesOfBob().containsAll(List.of(ids)));
    }

    @Test
    void whoJoinsASharedRoomIsToldAndTheListIsKeptFromTheFirstQuestionOn() {
        KeyedDevice.withKeys(bob);
        TestRoom room = TestRoom.open(alice);
        Synced before = Synced.initial(alice);
        join(bob, room, "red.test");
        before.awaitDevices(alice, "changed", bob.userId());
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        awaitKept();
        long asked = requestsForKeys();
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        assertThat(requestsForKeys()).isEqualTo(asked);
    }

    @Test
    void aNewDeviceIsToldOfAndComesWithoutAsking() {
        KeyedDevice.withKeys(bob);
        shared();
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        awaitKept();
        long asked = requestsForKeys();
        Synced before = Synced.initial(alice);
        KeyedDevice phone = KeyedDevice.withKeys(bob.onAnotherDevice());
        Synced then = awaitDevices(before, bob.deviceId(), phone.id());
        phone.client().post("/_matrix/client/v3/logout", JsonObject.of());
        awaitDevices(then, bob.deviceId());
        assertThat(requestsForKeys()).isEqualTo(asked);
    }

    @Test
    void anotherNameOfADeviceIsToldOf() {
        KeyedDevice laptop = KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        awaitKept();
        Synced before = Synced.initial(alice);
        bob.send(
                "PUT",
                "/_matrix/client/v3/devices/" + Synced.encoded(bob.deviceId()),
                JsonObject.of("display_name", "Laptop"));
        JsonObject named = JsonObject.of("device_display_name", "Laptop");
        before.awaitChanged(
                alice,
                bob.userId(),
                () -> laptop.seenBy(alice).object("unsigned").filter(named::equals).isPresent());
    }

    @Test
    void whoJoinedFromElsewhereIsToldOfTheFirstDeviceOfWhoWasThere() {
        shared();
        Synced before = Synced.initial(bob);
        KeyedDevice device = KeyedDevice.withKeys(alice);
        before.awaitChanged(bob, alice.userId(), () -> device.seenBy(bob) != null);
    }

    @Test
    void crossSigningKeysComeAsUpdates() {
        KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        awaitKept();
        long asked = requestsForKeys();
        Synced before = Synced.initial(alice);
        CrossSigningKeys bobs = new CrossSigningKeys(bob.userId());
        bob.post(UPLOAD, bobs.all());
        before.awaitChanged(
                alice,
                bob.userId(),
                () -> {
                    JsonObject answer = KeyedDevice.query(alice, bob.userId());
                    return bobs.masterKey().equals(keyOfBob(answer, "master_keys"))
                            && bobs.selfSigningKey().equals(keyOfBob(answer, "self_signing_keys"));
                });
        assertThat(requestsForKeys()).isEqualTo(asked);
    }

    private JsonValue keyOfBob(JsonObject answer, String field) {
        return answer.object(field).orElse(JsonObject.of()).get(bob.userId());
    }

    @Test
    void whatChangedDuringAnOutageComesAfterIt() {
        KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        awaitKept();
        Synced before = Synced.initial(alice);
        federation.cut("red", "blue");
        KeyedDevice phone = KeyedDevice.withKeys(bob.onAnotherDevice());
        KeyedDevice tablet = KeyedDevice.withKeys(bob.onAnotherDevice());
        // What is known is good enough to talk to those devices meanwhile.
        assertThat(devicesOfBob()).containsExactly(bob.deviceId());
        federation.heal();
        before.awaitDevices(alice, "changed", bob.userId());
        Waiting.untilTrue(() ->
                devicesOfBob().size() == 3
                        && devicesOfBob().containsAll(List.of(phone.id(), tablet.id())));
    }

    @Test
    void aListWithAGapIsStaleInTheDatabaseUntilItWasFetched() {
        KeyedDevice.withKeys(bob);
        shared();
        devicesOfBob();
        awaitKept();
        Synced before = Synced.initial(alice);
        // An update is lost for good, and the next one comes while nobody can be asked.
        federation.link("blue", "red").cut();
        KeyedDevice lost = KeyedDevice.withKeys(bob.onAnotherDevice());
        Waiting.untilTrue(() -> count("blue", UPDATES, lost.id()) > 0);
        federation.stop("blue");
        forgetUpdatesOf(lost);
        federation.link("red", "blue").cut();
        federation.start("blue");
        federation.link("blue", "red").heal();
        KeyedDevice next = KeyedDevice.withKeys(bob.onAnotherDevice());
        Waiting.untilTrue(() -> fresh() == 0);
        before.awaitDevices(alice, "changed", bob.userId());
        federation.crash("red");
        federation.start("red");
        assertThat(fresh()).isZero();
        federation.heal();
        Waiting.untilTrue(() -> fresh() == 1);
        assertThat(devicesOfBob()).contains(lost.id(), next.id()).hasSize(3);
    }

    /// As a server does that was restored from a backup.
    private static void forgetUpdatesOf(KeyedDevice device) {
        federation
                .server("blue")
                .database()
                .run(tx ->
                        tx.update(
                                "DELETE FROM federation.outgoing_edu WHERE position(? IN"
                                        + " convert_from(content, 'UTF8')) > 0",
                                device.id()));
    }

    @Test
    void nothingIsKeptOfWhoLeftAndNobodyIsToldOfThemAnyMore() {
        KeyedDevice.withKeys(bob);
        TestRoom room = shared();
        devicesOfBob();
        awaitKept();
        Synced before = Synced.initial(alice);
        room.leave(bob);
        Synced after = before.awaitDevices(alice, "left", bob.userId());
        Waiting.untilTrue(() -> fresh() == 0);
        KeyedDevice phone = KeyedDevice.withKeys(bob.onAnotherDevice());
        // Who comes back is told of at once, with what is new.
        join(bob, room, "red.test");
        after.awaitDevices(alice, "changed", bob.userId());
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
        awaitKept();
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
