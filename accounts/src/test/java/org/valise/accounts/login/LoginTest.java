package org.valise.accounts.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

class LoginTest {
    private static final String LOGIN = "/_matrix/client/v3/login";
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
        server.register("alice");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject login(String user, String password) {
        return JsonObject.of(
                "type",
                "m.login.password",
                "identifier",
                JsonObject.of("type", "m.id.user", "user", user),
                "password",
                password);
    }

    private static Answer post(JsonObject body) {
        return server.post(null, LOGIN, body);
    }

    @Test
    void offersPasswordsAndTokens() {
        assertThat(server.get(null, LOGIN).ok())
                .isEqualTo(
                        JsonObject.of(
                                "flows",
                                JsonArray.of(
                                        JsonObject.of("type", "m.login.password"),
                                        JsonObject.of(
                                                "type",
                                                "m.login.token",
                                                "get_login_token",
                                                true))));
    }

    @Test
    void logsInWithTheLocalpartTheFullIdAndTheOldFieldInAnyCase() {
        for (String name :
                new String[] {"alice", "@alice:example.org", "Alice", "@ALICE:example.org"}) {
            assertThat(post(login(name, AccountsServer.PASSWORD)).ok().string("user_id"))
                    .contains("@alice:example.org");
        }
        JsonObject old =
                JsonObject.of(
                        "type",
                        "m.login.password",
                        "user",
                        "alice",
                        "password",
                        AccountsServer.PASSWORD);
        assertThat(post(old).ok().string("home_server")).contains("example.org");
        assertThat(server.post(null, "/_matrix/client/r0/login", old).status()).isEqualTo(200);
    }

    @Test
    void givesATokenThatWorksAndADeviceId() {
        User alice = server.login("alice", null);
        assertThat(server.get(alice, "/_matrix/client/v3/account/whoami").ok())
                .isEqualTo(
                        JsonObject.of(
                                "user_id",
                                "@alice:example.org",
                                "device_id",
                                alice.device(),
                                "is_guest",
                                false));
        assertThat(
                        server.get(
                                        null,
                                        "/_matrix/client/v3/account/whoami?access_token="
                                                + alice.token())
                                .status())
                .isEqualTo(200);
    }

    @Test
    void keepsTheDeviceAndItsNameButEndsItsOldTokenWhenItLogsInAgain() {
        JsonObject first =
                login("alice", AccountsServer.PASSWORD)
                        .with("device_id", "PHONE")
                        .with("initial_device_display_name", "My phone");
        String old = post(first).ok().string("access_token").orElseThrow();
        User before = new User("@alice:example.org", old, "PHONE");
        assertThat(server.get(before, "/_matrix/client/v3/account/whoami").status()).isEqualTo(200);

        User after = server.login("alice", "PHONE");
        assertThat(server.get(before, "/_matrix/client/v3/account/whoami").refusal())
                .isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(
                        server.get(after, "/_matrix/client/v3/devices/PHONE")
                                .ok()
                                .string("display_name"))
                .contains("My phone");
    }

    @Test
    void saysTheSameOfAWrongPasswordAndOfNobody() {
        JsonObject wrong = post(login("alice", "not the password")).json();
        assertThat(post(login("nobody", AccountsServer.PASSWORD)).json()).isEqualTo(wrong);
        assertThat(post(login("@alice:elsewhere.org", AccountsServer.PASSWORD)).json())
                .isEqualTo(wrong);
        assertThat(post(login("not a user id \u0000", AccountsServer.PASSWORD)).json())
                .isEqualTo(wrong);
        assertThat(post(login("alice", "x".repeat(10_000))).json()).isEqualTo(wrong);
        assertThat(wrong.string("errcode")).contains("M_FORBIDDEN");
    }

    @Test
    void knowsNoThirdPartyIdentifiers() {
        JsonObject body =
                login("alice", AccountsServer.PASSWORD)
                        .with(
                                "identifier",
                                JsonObject.of(
                                        "type", "m.id.thirdparty",
                                        "medium", "email",
                                        "address", "alice@example.org"));
        assertThat(post(body).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void refusesWhatIsNoLogin() {
        JsonObject fine = login("alice", AccountsServer.PASSWORD);
        assertThat(post(JsonObject.of()).refusal()).isEqualTo("400 M_MISSING_PARAM");
        assertThat(post(fine.with("type", "m.login.magic")).refusal()).isEqualTo("400 M_UNKNOWN");
        assertThat(post(fine.with("type", 7)).refusal()).isEqualTo("400 M_BAD_JSON");
        assertThat(post(fine.without("password")).refusal()).isEqualTo("400 M_MISSING_PARAM");
        assertThat(post(fine.without("identifier")).refusal()).isEqualTo("400 M_MISSING_PARAM");
        assertThat(post(fine.with("identifier", "alice")).refusal()).isEqualTo("400 M_BAD_JSON");
        assertThat(post(fine.with("identifier", JsonObject.of("type", "m.id.magic"))).refusal())
                .isEqualTo("400 M_UNKNOWN");
        assertThat(post(fine.with("device_id", "")).refusal()).isEqualTo("400 M_INVALID_PARAM");
        assertThat(post(fine.with("device_id", "x".repeat(300))).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(post(fine.with("device_id", "a\u0000b")).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(server.send("POST", null, LOGIN, "{").refusal()).isEqualTo("400 M_NOT_JSON");
        assertThat(server.send("POST", null, LOGIN, "[]").refusal()).isEqualTo("400 M_BAD_JSON");
    }

    @Test
    void keepsLockedAccountsOutUntilTheyAreUnlocked() {
        User bob = server.register("bob");
        long number =
                server.accounts()
                        .users()
                        .find(org.valise.protocol.id.UserId.parse(bob.id()))
                        .orElseThrow()
                        .number();
        server.accounts().users().setLocked(number, true);

        Answer refused = server.get(bob, "/_matrix/client/v3/account/whoami");
        assertThat(refused.refusal()).isEqualTo("401 M_USER_LOCKED");
        assertThat(refused.json().bool("soft_logout")).contains(true);
        assertThat(post(login("bob", AccountsServer.PASSWORD)).refusal())
                .isEqualTo("401 M_USER_LOCKED");
        assertThat(post(login("bob", "wrong password")).refusal()).isEqualTo("403 M_FORBIDDEN");

        server.accounts().users().setLocked(number, false);
        assertThat(server.get(bob, "/_matrix/client/v3/account/whoami").status()).isEqualTo(200);
    }
}
