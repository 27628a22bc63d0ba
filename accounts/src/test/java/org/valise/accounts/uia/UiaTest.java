package org.valise.accounts.uia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// User-interactive authentication as clients meet it, on operations that ask for it.
class UiaTest {
    private static final String REGISTER = "/_matrix/client/v3/register";
    private static final String DELETE_DEVICES = "/_matrix/client/v3/delete_devices";
    private static final String PASSWORD = "/_matrix/client/v3/account/password";
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject devices(String... ids) {
        return JsonObject.of("devices", JsonArray.of((Object[]) ids));
    }

    private static String session(Answer challenge) {
        assertThat(challenge.status()).isEqualTo(401);
        return challenge.json().string("session").orElseThrow();
    }

    @Test
    void asksWithFlowsParamsAndASession() {
        Answer asked = server.post(null, REGISTER, JsonObject.of());
        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.json().without("session"))
                .isEqualTo(
                        JsonObject.of(
                                "flows",
                                JsonArray.of(
                                        JsonObject.of("stages", JsonArray.of("m.login.dummy")),
                                        JsonObject.of(
                                                "stages",
                                                JsonArray.of("m.login.registration_token"))),
                                "params",
                                JsonObject.of()));
    }

    @Test
    void neverSucceedsWithoutAuth() {
        for (JsonObject body :
                new JsonObject[] {
                    JsonObject.of("username", "unasked", "password", AccountsServer.PASSWORD),
                    JsonObject.of("auth", JsonObject.of()),
                    JsonObject.of("auth", null),
                    JsonObject.of(
                            "auth",
                            JsonObject.of(
                                    "session",
                                    session(server.post(null, REGISTER, JsonObject.of()))))
                }) {
            assertThat(server.post(null, REGISTER, body).status()).isEqualTo(401);
        }
    }

    @Test
    void repeatsTheChallengeWithTheSameSessionWhenAStageFails() {
        User alice = server.register("fails");
        String session = session(server.post(alice, DELETE_DEVICES, devices("A")));
        Answer failed =
                server.post(
                        alice,
                        DELETE_DEVICES,
                        devices("A").with("auth", alice.auth("wrong").with("session", session)));
        assertThat(failed.refusal()).isEqualTo("401 M_FORBIDDEN");
        assertThat(failed.json().string("error")).isPresent();
        assertThat(failed.json().string("session")).contains(session);
        assertThat(failed.json().array("flows")).isPresent();
        assertThat(failed.json().has("completed")).isFalse();
    }

    @Test
    void refusesStagesThatAreInNoFlow() {
        User alice = server.register("wrongstage");
        for (String type :
                new String[] {"m.login.dummy", "m.login.sso", "m.login.registration_token", ""}) {
            assertThat(
                            server.post(
                                            alice,
                                            DELETE_DEVICES,
                                            devices("A").with("auth", JsonObject.of("type", type)))
                                    .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void beginsAnewWhenTheSessionIsUnknown() {
        User alice = server.register("unknown");
        Answer answer =
                server.post(
                        alice,
                        DELETE_DEVICES,
                        devices("A").with("auth", alice.auth().with("session", "no such session")));
        assertThat(answer.refusal()).isEqualTo("401 M_UNKNOWN");
        String fresh = session(answer);
        assertThat(
                        server.post(
                                        alice,
                                        DELETE_DEVICES,
                                        devices("A")
                                                .with("auth", alice.auth().with("session", fresh)))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void bindsASessionToItsOperationItsPathAndItsCaller() {
        User alice = server.register("bound");
        User bob = server.register("thief");
        String session = session(server.delete(alice, "/_matrix/client/v3/devices/A", null));
        JsonObject auth = JsonObject.of("auth", alice.auth().with("session", session));
        assertThat(
                        server.post(
                                        alice,
                                        DELETE_DEVICES,
                                        devices("A").with("auth", auth.get("auth")))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(server.delete(alice, "/_matrix/client/v3/devices/B", auth).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(
                        server.delete(
                                        bob,
                                        "/_matrix/client/v3/devices/A",
                                        JsonObject.of("auth", bob.auth().with("session", session)))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(server.delete(alice, "/_matrix/client/v3/devices/A", auth).status())
                .isEqualTo(200);
    }

    @Test
    void letsAFinishedSessionThroughForTheSameRequestOnly() {
        // A name that is taken while the client authenticates: the session is done, the
        // registration is not.
        JsonObject wanted = JsonObject.of("username", "contested", "password", "12345678");
        String session = session(server.post(null, REGISTER, wanted));
        JsonObject auth = JsonObject.of("type", "m.login.dummy", "session", session);
        JsonObject withoutPassword = JsonObject.of("username", "contested", "auth", auth);
        assertThat(server.post(null, REGISTER, withoutPassword).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.post(null, REGISTER, wanted.with("auth", auth)).refusal())
                .isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void isSpentByWhatItWasFor() {
        User alice = server.register("spender");
        JsonObject change = JsonObject.of("new_password", "another password");
        String session = session(server.post(alice, PASSWORD, change));
        JsonObject auth = alice.auth().with("session", session);
        assertThat(server.post(alice, PASSWORD, change.with("auth", auth)).status()).isEqualTo(200);
        Answer again =
                server.post(
                        alice, PASSWORD, change.with("auth", JsonObject.of("session", session)));
        assertThat(again.status()).isEqualTo(401);
        assertThat(again.json().string("session"))
                .isPresent()
                .isNotEqualTo(java.util.Optional.of(session));
    }

    @Test
    void refusesAuthThatIsNoObject() {
        User alice = server.register("noobject");
        for (Object auth : new Object[] {"text", 1, true, JsonArray.of()}) {
            assertThat(
                            server.post(alice, DELETE_DEVICES, devices("A").with("auth", auth))
                                    .refusal())
                    .isEqualTo("400 M_BAD_JSON");
        }
        assertThat(
                        server.post(
                                        alice,
                                        DELETE_DEVICES,
                                        devices("A")
                                                .with(
                                                        "auth",
                                                        JsonObject.of("type", "m.login.password")))
                                .refusal())
                .isEqualTo("400 M_MISSING_PARAM");
    }

    @Test
    void acceptsTheOldUserField() {
        User alice = server.register("oldfield");
        JsonObject auth =
                JsonObject.of(
                        "type",
                        "m.login.password",
                        "user",
                        alice.id(),
                        "password",
                        AccountsServer.PASSWORD);
        assertThat(server.post(alice, DELETE_DEVICES, devices("A").with("auth", auth)).status())
                .isEqualTo(200);
    }
}
