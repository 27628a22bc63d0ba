package org.valise.accounts.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonObject;

class PasswordChangeTest {
    private static final String CHANGE = "/_matrix/client/v3/account/password";
    private static final String WHOAMI = "/_matrix/client/v3/account/whoami";
    private static final String FRESH = "a brand new password";
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject change(User user) {
        return JsonObject.of("new_password", FRESH, "auth", user.auth());
    }

    private static int login(String name, String password) {
        return server.post(
                        null,
                        "/_matrix/client/v3/login",
                        JsonObject.of(
                                "type", "m.login.password", "user", name, "password", password))
                .status();
    }

    @Test
    void replacesThePassword() {
        User alice = server.register("changer");
        server.post(alice, CHANGE, change(alice)).ok();
        assertThat(login("changer", AccountsServer.PASSWORD)).isEqualTo(403);
        assertThat(login("changer", FRESH)).isEqualTo(200);
    }

    @Test
    void logsTheOtherDevicesOutUnlessAskedNotTo() {
        User alice = server.register("manydevices");
        User phone = server.login("manydevices", "PHONE");
        server.post(alice, CHANGE, change(alice).with("logout_devices", false)).ok();
        assertThat(server.get(phone, WHOAMI).status()).isEqualTo(200);

        JsonObject again =
                JsonObject.of("new_password", "yet another one", "auth", alice.auth(FRESH));
        server.post(alice, CHANGE, again).ok();
        assertThat(server.get(phone, WHOAMI).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(server.get(alice, WHOAMI).status()).isEqualTo(200);
    }

    @Test
    void refusesWeakOrMissingPasswordsAndChangesNothing() {
        User alice = server.register("weakling");
        assertThat(
                        server.post(alice, CHANGE, change(alice).with("new_password", "short"))
                                .refusal())
                .isEqualTo("400 M_WEAK_PASSWORD");
        assertThat(server.post(alice, CHANGE, change(alice).without("new_password")).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.post(alice, CHANGE, change(alice).with("logout_devices", 1)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(
                        server.post(
                                        alice,
                                        CHANGE,
                                        change(alice).with("auth", alice.auth("wrong password")))
                                .refusal())
                .isEqualTo("401 M_FORBIDDEN");
        assertThat(login("weakling", AccountsServer.PASSWORD)).isEqualTo(200);
    }

    @Test
    void worksWithoutASessionForWhoKnowsTheOldPassword() {
        User alice = server.register("tokenless");
        server.post(null, CHANGE, change(alice)).ok();
        assertThat(login("tokenless", FRESH)).isEqualTo(200);
        assertThat(server.get(alice, WHOAMI).status()).isEqualTo(401);
        assertThat(
                        server.post(
                                        null,
                                        CHANGE,
                                        JsonObject.of(
                                                "new_password",
                                                FRESH,
                                                "auth",
                                                alice.auth("wrong password")))
                                .refusal())
                .isEqualTo("401 M_FORBIDDEN");
    }

    @Test
    void refusesATokenThatIsNotValidRatherThanIgnoringIt() {
        User alice = server.register("staletoken");
        User stale = new User(alice.id(), "valise_nonsense", "X");
        assertThat(server.post(stale, CHANGE, change(alice)).refusal())
                .isEqualTo("401 M_UNKNOWN_TOKEN");
    }
}
