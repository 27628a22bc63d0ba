package org.valise.rooms.membership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;

import java.util.Optional;
import java.util.function.BooleanSupplier;

final class GuestFollowerTest {
    private static final int ATTEMPTS = 600;

    private static RoomsServer server;
    private static User alice;
    private static User bob;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        bob = server.register("bob");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static User guest(String name) {
        User guest = server.register(name);
        makeGuest(guest);
        return guest;
    }

    private static void makeGuest(User user) {
        server.database()
                .run(tx ->
                        tx.update(
                                "UPDATE accounts.account SET guest = true WHERE user_number = ?",
                                user.number()));
    }

    private static String membership(String room, User user) {
        return server.get(alice, "/rooms/" + room + "/state/m.room.member/" + user.id())
                .ok()
                .string("membership")
                .orElseThrow();
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private static String roomForGuests() {
        String room = server.publicRoom(alice);
        welcome(room, "can_join");
        return room;
    }

    private static void welcome(String room, String access) {
        server.setState(alice, room, "m.room.guest_access", JsonObject.of("guest_access", access));
    }

    @Test
    void putsGuestsOutWhenTheyAreNotWelcomeAnyMoreAndNobodyElse() throws InterruptedException {
        User guest = guest("guest1");
        String room = roomForGuests();
        server.join(guest, room);
        server.join(bob, room);
        welcome(room, "forbidden");
        eventually(() -> membership(room, guest).equals("leave"));
        assertThat(membership(room, bob)).isEqualTo("join");
        assertThat(membership(room, alice)).isEqualTo("join");
    }

    @Test
    void redactingTheWelcomeWithdrawsIt() throws InterruptedException {
        User guest = guest("guest2");
        String room = server.publicRoom(alice);
        String event =
                server.setState(
                        alice,
                        room,
                        "m.room.guest_access",
                        JsonObject.of("guest_access", "can_join"));
        server.join(guest, room);
        server.put(alice, "/rooms/" + room + "/redact/" + event + "/r", JsonObject.of()).ok();
        eventually(() -> membership(room, guest).equals("leave"));
    }

    @Test
    void makesGoodWhatAStoppedNodeLeftUndone() throws InterruptedException {
        User former = server.register("guest3");
        String room = server.publicRoom(alice);
        server.join(former, room); // in a room without a welcome, as if a crash had come between
        makeGuest(former);
        try (RoomsServer next = server.twin()) {
            eventually(() ->
                    next.get(alice, "/rooms/" + room + "/state/m.room.member/" + former.id())
                            .ok()
                            .string("membership")
                            .equals(Optional.of("leave")));
        }
    }
}
