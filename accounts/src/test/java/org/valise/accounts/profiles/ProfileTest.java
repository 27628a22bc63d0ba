package org.valise.accounts.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;

class ProfileTest {
    private static final Profile REMOTE =
            new Profile(JsonObject.of("displayname", "Far away", "m.tz", "Asia/Tokyo"));
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server =
                AccountsServer.start(options ->
                        options.withRemote(user ->
                                user.localpart().equals("remote")
                                        ? Optional.of(REMOTE)
                                        : Optional.empty()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String path(String user) {
        return "/_matrix/client/v3/profile/" + user;
    }

    private static Answer set(User user, String key, Object value) {
        return server.put(user, path(user.id()) + "/" + key, JsonObject.of(key, value));
    }

    private static JsonObject shown(User user) {
        return server.get(null, path(user.id())).ok();
    }

    @Test
    void showsWhatWasSetToAnybody() {
        User alice = server.register("alice");
        assertThat(shown(alice)).isEqualTo(JsonObject.of());
        assertThat(server.get(null, path(alice.id()) + "/displayname").refusal())
                .isEqualTo("404 M_NOT_FOUND");

        set(alice, "displayname", "Alice 💬").ok();
        set(alice, "avatar_url", "mxc://example.org/SEsfnsuifSDFSSEF").ok();
        set(alice, "m.tz", "Europe/Paris").ok();
        set(alice, "org.example.languages", JsonArray.of("fr", "en")).ok();
        set(alice, "org.example.nothing", null).ok();
        assertThat(shown(alice))
                .isEqualTo(
                        JsonObject.of(
                                "displayname", "Alice 💬",
                                "avatar_url", "mxc://example.org/SEsfnsuifSDFSSEF",
                                "m.tz", "Europe/Paris",
                                "org.example.languages", JsonArray.of("fr", "en"),
                                "org.example.nothing", null));
        assertThat(server.get(null, path(alice.id()) + "/org.example.languages").ok())
                .isEqualTo(JsonObject.of("org.example.languages", JsonArray.of("fr", "en")));
        assertThat(
                        server.get(
                                        alice,
                                        "/_matrix/client/r0/profile/" + alice.id() + "/displayname")
                                .ok())
                .isEqualTo(JsonObject.of("displayname", "Alice 💬"));
    }

    @Test
    void removesFields() {
        User alice = server.register("remover");
        set(alice, "displayname", "Somebody").ok();
        set(alice, "org.example.a", 1).ok();
        String field = path(alice.id()) + "/displayname";
        assertThat(server.delete(alice, field, null).ok().isEmpty()).isTrue();
        assertThat(server.delete(alice, field, null).status()).isEqualTo(200);
        assertThat(server.get(null, field).refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(shown(alice)).isEqualTo(JsonObject.of("org.example.a", 1));

        set(alice, "avatar_url", "mxc://example.org/abc").ok();
        set(alice, "avatar_url", "").ok();
        assertThat(shown(alice).has("avatar_url")).isFalse();
    }

    @Test
    void isOnlyForItsOwner() {
        User alice = server.register("owner");
        User bob = server.register("vandal");
        assertThat(
                        server.put(
                                        bob,
                                        path(alice.id()) + "/displayname",
                                        JsonObject.of("displayname", "Fool"))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(server.delete(bob, path(alice.id()) + "/displayname", null).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(
                        server.put(
                                        null,
                                        path(alice.id()) + "/displayname",
                                        JsonObject.of("displayname", "Fool"))
                                .refusal())
                .isEqualTo("401 M_MISSING_TOKEN");
        assertThat(shown(alice)).isEqualTo(JsonObject.of());
    }

    @Test
    void knowsNobodyWhoIsNotThere() {
        assertThat(server.get(null, path("@nobody:example.org")).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(null, path("@nobody:elsewhere.org")).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(null, path("nobody")).refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(server.get(null, path("@remote:elsewhere.org")).ok()).isEqualTo(REMOTE.fields());
    }

    @Test
    void refusesValuesThatNoFieldMayHave() {
        User alice = server.register("picky");
        String name = path(alice.id()) + "/displayname";
        assertThat(server.put(alice, name, JsonObject.of()).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.put(alice, name, JsonObject.of("avatar_url", "x")).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(set(alice, "displayname", 1).refusal()).isEqualTo("400 M_BAD_JSON");
        assertThat(set(alice, "displayname", null).refusal()).isEqualTo("400 M_BAD_JSON");
        assertThat(set(alice, "displayname", "x".repeat(300)).refusal())
                .isEqualTo("400 M_PROFILE_TOO_LARGE");
        assertThat(set(alice, "avatar_url", "https://example.org/a.png").refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(set(alice, "m.tz", 1).refusal()).isEqualTo("400 M_BAD_JSON");
        assertThat(server.send("PUT", alice, name, "nonsense").refusal())
                .isEqualTo("400 M_NOT_JSON");
        assertThat(server.send("PUT", alice, name, "[]").refusal()).isEqualTo("400 M_BAD_JSON");
        assertThat(shown(alice)).isEqualTo(JsonObject.of());
    }

    @Test
    void refusesNamesThatNoFieldMayHave() {
        User alice = server.register("namer");
        for (String key :
                List.of("nickname", "Org.Example", "org.example%20", "1.a", ".a", "a.", "a..b")) {
            assertThat(
                            server.put(alice, path(alice.id()) + "/" + key, JsonObject.of(key, "x"))
                                    .refusal())
                    .as(key)
                    .isEqualTo("400 M_INVALID_PARAM");
            assertThat(server.delete(alice, path(alice.id()) + "/" + key, null).refusal())
                    .isEqualTo("400 M_INVALID_PARAM");
        }
        String tooLong = "org." + "x".repeat(252);
        assertThat(set(alice, tooLong, 1).refusal()).isEqualTo("400 M_KEY_TOO_LARGE");
        assertThat(set(alice, tooLong.substring(1), 1).status()).isEqualTo(200);
    }

    @Test
    void staysUnder64Kibibytes() {
        User alice = server.register("talker");
        set(alice, "org.example.a", "x".repeat(40_000)).ok();
        assertThat(set(alice, "org.example.b", "x".repeat(30_000)).refusal())
                .isEqualTo("400 M_PROFILE_TOO_LARGE");
        set(alice, "org.example.a", "x".repeat(30_000)).ok();
        set(alice, "org.example.b", "x".repeat(30_000)).ok();
        assertThat(set(alice, "org.example.c", "é".repeat(3_000)).refusal())
                .isEqualTo("400 M_PROFILE_TOO_LARGE");
    }

    @Test
    void isNotForTheSuspendedToChange() {
        User alice = server.register("suspended");
        set(alice, "displayname", "Before").ok();
        server.accounts()
                .users()
                .setSuspended(
                        server.accounts().userNumbers().number(UserId.parse(alice.id())), true);
        assertThat(set(alice, "displayname", "After").refusal()).isEqualTo("403 M_USER_SUSPENDED");
        assertThat(server.get(alice, path(alice.id())).ok().string("displayname"))
                .contains("Before");
    }

    @Test
    void isReadForManyInOneQuery() {
        User alice = server.register("bulka");
        User bob = server.register("bulkb");
        set(alice, "displayname", "A").ok();
        set(bob, "avatar_url", "mxc://example.org/b").ok();
        var numbers = server.accounts().userNumbers();
        long a = numbers.number(UserId.parse(alice.id()));
        long b = numbers.number(UserId.parse(bob.id()));
        long before = server.database().database().statements();
        var profiles = server.accounts().profiles().of(List.of(a, b, a));
        assertThat(server.database().database().statements() - before).isEqualTo(1);
        assertThat(profiles.get(a).displayName()).contains("A");
        assertThat(profiles.get(b).avatarUrl()).contains("mxc://example.org/b");
    }
}
