package org.valise.rooms.sending;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;

/// What an account may still do that is suspended. Spec: client-server API, "Account suspension".
class SuspensionTest {
    private static final String SUSPENDED = "403 M_USER_SUSPENDED";
    private static RoomsServer server;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void readsLeavesAndRedactsTheirOwnAndNothingElse() {
        User alice = server.register("alice");
        User bob = server.register("bob");
        String room = server.publicRoom(bob);
        String open = server.publicRoom(alice);
        server.join(alice, room);
        String mine = server.say(bob, room, "mine");
        String theirs = server.say(alice, room, "theirs");
        String invited = server.room(alice, JsonObject.of());
        server.invite(alice, invited, bob);
        server.accounts().users().setSuspended(bob.number(), true);

        String at = "/rooms/" + room;
        assertThat(
                        server.put(bob, at + "/send/m.room.message/s1", JsonObject.of("body", "x"))
                                .refusal())
                .isEqualTo(SUSPENDED);
        assertThat(server.put(bob, at + "/state/m.room.name", JsonObject.of("name", "x")).refusal())
                .isEqualTo(SUSPENDED);
        assertThat(server.post(bob, "/createRoom", JsonObject.of()).refusal()).isEqualTo(SUSPENDED);
        assertThat(server.post(bob, "/rooms/" + open + "/join", JsonObject.of()).refusal())
                .isEqualTo(SUSPENDED);
        assertThat(server.post(bob, "/rooms/" + invited + "/join", JsonObject.of()).refusal())
                .isEqualTo(SUSPENDED);
        assertThat(server.post(bob, "/knock/" + open, JsonObject.of()).refusal())
                .isEqualTo(SUSPENDED);
        assertThat(server.post(bob, at + "/invite", JsonObject.of("user_id", alice.id())).refusal())
                .isEqualTo(SUSPENDED);
        assertThat(server.put(bob, at + "/redact/" + theirs + "/s2", JsonObject.of()).refusal())
                .isEqualTo(SUSPENDED);

        server.put(bob, at + "/redact/" + mine + "/s3", JsonObject.of()).ok();
        server.get(bob, at + "/messages?dir=b").ok();
        server.post(bob, "/rooms/" + invited + "/leave", JsonObject.of()).ok();
        server.leave(bob, room);
    }
}
