package org.valise.rooms.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

final class AliasesTest {
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

    private static Answer set(User user, String alias, String room) {
        return server.put(user, "/directory/room/" + alias, JsonObject.of("room_id", room));
    }

    private static Answer find(String alias) {
        return server.get(null, "/directory/room/" + alias);
    }

    private static Answer delete(User user, String alias) {
        return server.delete(user, "/directory/room/" + alias);
    }

    @Test
    void leadsToTheRoomForAnybodyWhoAsks() {
        String room = server.room(alice, JsonObject.of());
        set(alice, "#one:example.org", room).ok();
        assertThat(find("#one:example.org").ok())
                .isEqualTo(JsonObject.of("room_id", room, "servers", JsonArray.of("example.org")));
        assertThat(find("#none:example.org").refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(find("nonsense").refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(set(alice, "#one:example.org", room).refusal()).isEqualTo("409 M_UNKNOWN");
        assertThat(set(alice, "#one:elsewhere.org", room).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(server.put(alice, "/directory/room/#two:example.org", JsonObject.of()).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
    }

    @Test
    void isMadeByMembersOnly() {
        String room = server.room(alice, JsonObject.of());
        Answer stranger = set(bob, "#mine:example.org", room);
        assertThat(stranger.refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(set(bob, "#mine:example.org", "!nowhere:example.org")).isEqualTo(stranger);
        server.invite(alice, room, bob);
        server.join(bob, room);
        set(bob, "#mine:example.org", room).ok();
    }

    @Test
    void isRemovedByItsMakerOrWhoMaySetTheCanonicalAlias() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        set(alice, "#ofalice:example.org", room).ok();
        set(bob, "#ofbob:example.org", room).ok();
        set(bob, "#alsoofbob:example.org", room).ok();
        assertThat(delete(bob, "#ofalice:example.org").refusal()).isEqualTo("403 M_FORBIDDEN");
        delete(bob, "#ofbob:example.org").ok();
        delete(alice, "#alsoofbob:example.org").ok();
        assertThat(delete(alice, "#alsoofbob:example.org").refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(find("#ofbob:example.org").refusal()).isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void takesADeletedAliasOutOfTheCanonicalAliasEventIfItMay() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        set(alice, "#main:example.org", room).ok();
        set(alice, "#other:example.org", room).ok();
        set(bob, "#bobs:example.org", room).ok();
        server.setState(
                alice,
                room,
                "m.room.canonical_alias",
                JsonObject.of(
                        "alias",
                        "#main:example.org",
                        "alt_aliases",
                        JsonArray.of("#other:example.org", "#bobs:example.org")));
        delete(alice, "#main:example.org").ok();
        assertThat(canonical(room))
                .isEqualTo(
                        JsonObject.of(
                                "alt_aliases",
                                JsonArray.of("#other:example.org", "#bobs:example.org")));
        delete(alice, "#other:example.org").ok();
        delete(bob, "#bobs:example.org").ok();
        assertThat(canonical(room))
                .isEqualTo(JsonObject.of("alt_aliases", JsonArray.of("#bobs:example.org")));
        assertThat(find("#bobs:example.org").refusal()).isEqualTo("404 M_NOT_FOUND");
    }

    private static JsonObject canonical(String room) {
        return server.get(alice, "/rooms/" + room + "/state/m.room.canonical_alias").ok();
    }

    @Test
    void refusesACanonicalAliasThatLeadsElsewhere() {
        String room = server.publicRoom(alice);
        String other = server.publicRoom(alice);
        set(alice, "#elsewhere:example.org", other).ok();
        for (String alias : new String[] {"#elsewhere:example.org", "#unset:example.org"}) {
            assertThat(
                            server.put(
                                            alice,
                                            "/rooms/" + room + "/state/m.room.canonical_alias",
                                            JsonObject.of("alias", alias))
                                    .refusal())
                    .isEqualTo("400 M_BAD_ALIAS");
        }
    }

    @Test
    void listsTheNamesOfARoomForItsMembers() {
        String room = server.publicRoom(alice);
        set(alice, "#b:example.org", room).ok();
        set(alice, "#a:example.org", room).ok();
        String path = "/rooms/" + room + "/aliases";
        assertThat(server.get(alice, path).ok())
                .isEqualTo(
                        JsonObject.of("aliases", JsonArray.of("#a:example.org", "#b:example.org")));
        assertThat(server.get(bob, path).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.join(bob, room);
        assertThat(server.get(bob, path).status()).isEqualTo(200);
        server.leave(bob, room);
        assertThat(server.get(bob, path).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.setState(
                alice,
                room,
                "m.room.history_visibility",
                JsonObject.of("history_visibility", "world_readable"));
        assertThat(server.get(bob, path).status()).isEqualTo(200);
    }
}
