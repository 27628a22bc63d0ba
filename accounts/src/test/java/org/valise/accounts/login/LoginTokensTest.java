package org.valise.accounts.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.accounts.MovableClock;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;

class LoginTokensTest {
    private static final String GET_TOKEN = "/_matrix/client/v1/login/get_token";
    private static final MovableClock CLOCK = new MovableClock();
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server = AccountsServer.start(options -> options.withClock(CLOCK));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String token(User user) {
        JsonObject answer = server.post(user, GET_TOKEN, JsonObject.of("auth", user.auth())).ok();
        assertThat(answer.integer("expires_in_ms")).contains(120_000L);
        return answer.string("login_token").orElseThrow();
    }

    private static Answer login(String token) {
        return server.post(
                null,
                "/_matrix/client/v3/login",
                JsonObject.of("type", "m.login.token", "token", token, "device_id", "TABLET"));
    }

    @Test
    void logsAnotherDeviceInOnce() {
        User alice = server.register("alice");
        String token = token(alice);
        JsonObject answer = login(token).ok();
        assertThat(answer.string("user_id")).contains(alice.id());
        assertThat(answer.string("device_id")).contains("TABLET");
        assertThat(server.get(alice, "/_matrix/client/v3/account/whoami").status()).isEqualTo(200);
        assertThat(login(token).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void isGivenOnlyForThePasswordAndForEachTokenAnew() {
        User bob = server.register("bob");
        Answer asked = server.post(bob, GET_TOKEN, JsonObject.of());
        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.json().array("flows").orElseThrow().toString())
                .isEqualTo("[{\"stages\":[\"m.login.password\"]}]");
        assertThat(
                        server.post(bob, GET_TOKEN, JsonObject.of("auth", bob.auth("wrong one")))
                                .refusal())
                .isEqualTo("401 M_FORBIDDEN");
        assertThat(server.post(null, GET_TOKEN, JsonObject.of()).refusal())
                .isEqualTo("401 M_MISSING_TOKEN");

        String session = asked.json().string("session").orElseThrow();
        JsonObject body = JsonObject.of("auth", bob.auth().with("session", session));
        server.post(bob, GET_TOKEN, body).ok();
        // The proof is used up: without the session it asks again, with it it says so.
        assertThat(server.post(bob, GET_TOKEN, body).status()).isEqualTo(401);
        assertThat(server.post(bob, GET_TOKEN, JsonObject.of()).status()).isEqualTo(401);
    }

    @Test
    void isVoidAfterTwoMinutesAndWhenItsMakerIsLoggedOut() {
        User carol = server.register("carol");
        String late = token(carol);
        CLOCK.advance(Duration.ofMinutes(2));
        assertThat(login(late).refusal()).isEqualTo("403 M_FORBIDDEN");

        String orphaned = token(carol);
        server.post(carol, "/_matrix/client/v3/logout", JsonObject.of()).ok();
        assertThat(login(orphaned).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void refusesTokensOfOtherKinds() {
        User dan = server.register("dan");
        assertThat(login(dan.token()).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(login("").refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(
                        server.post(
                                        null,
                                        "/_matrix/client/v3/login",
                                        JsonObject.of("type", "m.login.token"))
                                .refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        User known = new User(dan.id(), token(dan), dan.device());
        assertThat(server.get(known, "/_matrix/client/v3/account/whoami").refusal())
                .isEqualTo("401 M_UNKNOWN_TOKEN");
    }
}
