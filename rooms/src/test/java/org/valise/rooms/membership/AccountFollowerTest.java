package org.valise.rooms.membership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.User;

import java.util.function.BooleanSupplier;

final class AccountFollowerTest {
    private static RoomsServer server;
    private static User alice;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void setProfile(User user, String field, String value) {
        server.put(user, "/profile/" + user.id() + "/" + field, JsonObject.of(field, value)).ok();
    }

    private static JsonObject member(String room, User user) {
        return server.get(alice, "/rooms/" + room + "/state/m.room.member/" + user.id()).ok();
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 300 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void putsANewNameAndAvatarIntoTheRoomsOneIsIn() throws InterruptedException {
        User bob = server.register("bob");
        String joined = server.publicRoom(alice);
        String left = server.publicRoom(alice);
        String invited = server.publicRoom(alice);
        server.post(bob, "/join/" + joined, JsonObject.of("reason", "hello", "custom", 1)).ok();
        server.join(bob, left);
        server.leave(bob, left);
        server.invite(alice, invited, bob);
        JsonObject invitation = member(invited, bob);
        setProfile(bob, "displayname", "Bob");
        setProfile(bob, "avatar_url", "mxc://example.org/bob");
        JsonObject expected =
                JsonObject.of(
                        "membership", "join",
                        "custom", 1,
                        "displayname", "Bob",
                        "avatar_url", "mxc://example.org/bob");
        eventually(() -> member(joined, bob).equals(expected));
        setProfile(bob, "displayname", "");
        eventually(() -> member(joined, bob).equals(expected.without("displayname")));
        assertThat(member(left, bob)).isEqualTo(JsonObject.of("membership", "leave"));
        assertThat(member(invited, bob)).isEqualTo(invitation);
    }

    @Test
    void writesNothingForAFieldThatMemberEventsDoNotHave() throws InterruptedException {
        User carol = server.register("carol");
        String room = server.publicRoom(carol);
        server.join(alice, room);
        setProfile(carol, "m.tz", "Europe/Paris");
        setProfile(carol, "displayname", "Carol");
        eventually(() -> member(room, carol).string("displayname").isPresent());
        int events =
                server
                        .get(alice, "/rooms/" + room + "/messages?dir=b&limit=100")
                        .list("chunk")
                        .stream()
                        .filter(e -> e.string("state_key").stream().anyMatch(carol.id()::equals))
                        .toList()
                        .size();
        assertThat(events).isEqualTo(2);
    }

    @Test
    void leavesAllRoomsAndDeclinesAllInvitationsWhenAnAccountIsClosed()
            throws InterruptedException {
        User dave = server.register("dave");
        String joined = server.publicRoom(alice);
        String invited = server.room(alice, JsonObject.of());
        String banned = server.publicRoom(alice);
        server.join(dave, joined);
        server.invite(alice, invited, dave);
        server.post(alice, "/rooms/" + banned + "/ban", JsonObject.of("user_id", dave.id())).ok();
        JsonObject auth =
                JsonObject.of(
                        "type",
                        "m.login.password",
                        "identifier",
                        JsonObject.of("type", "m.id.user", "user", dave.id()),
                        "password",
                        RoomsServer.PASSWORD);
        JsonObject challenge = server.post(dave, "/account/deactivate", JsonObject.of()).json();
        JsonObject answer = auth.with("session", challenge.string("session").orElseThrow());
        server.post(dave, "/account/deactivate", JsonObject.of("auth", answer)).ok();
        eventually(() ->
                member(joined, dave).string("membership").orElseThrow().equals("leave")
                        && member(invited, dave)
                                .string("membership")
                                .orElseThrow()
                                .equals("leave"));
        assertThat(member(banned, dave).string("membership")).contains("ban");
    }

    @Test
    void goesOnAfterARestartWhereItWas() throws InterruptedException {
        User erin = server.register("erin");
        String room = server.publicRoom(alice);
        server.join(erin, room);
        long position = server.stream().lastPosition();
        setProfile(erin, "displayname", "Erin");
        eventually(() -> member(room, erin).string("displayname").isPresent());
        FollowerStore store = new FollowerStore(server.database());
        eventually(() -> store.position("membership") > position);
        assertThat(store.next(store.position("membership"), Long.MAX_VALUE, 10)).isEmpty();
        assertThat(store.next(0, Long.MAX_VALUE, 1)).hasSize(1);
    }
}
