package org.valise.accounts.openid;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.accounts.MovableClock;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;

class OpenIdTest {
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

    private static String path(User user) {
        return "/_matrix/client/v3/user/" + user.id() + "/openid/request_token";
    }

    private static String info(String token) {
        return "/_matrix/federation/v1/openid/userinfo?access_token=" + token;
    }

    @Test
    void provesToOthersWhoSomebodyIsForAnHour() {
        User alice = server.register("alice");
        JsonObject answer = server.post(alice, path(alice), JsonObject.of()).ok();
        assertThat(answer.without("access_token"))
                .isEqualTo(
                        JsonObject.of(
                                "token_type",
                                "Bearer",
                                "matrix_server_name",
                                "example.org",
                                "expires_in",
                                3600));
        String token = answer.string("access_token").orElseThrow();
        assertThat(server.get(null, info(token)).ok()).isEqualTo(JsonObject.of("sub", alice.id()));
        assertThat(server.get(null, info(token)).status()).isEqualTo(200);
        assertThat(
                        server.get(
                                        new User(alice.id(), token, ""),
                                        "/_matrix/client/v3/account/whoami")
                                .refusal())
                .isEqualTo("401 M_UNKNOWN_TOKEN");
        CLOCK.advance(Duration.ofHours(1));
        assertThat(server.get(null, info(token)).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
    }

    @Test
    void isForNobodyElseAndEndsWithTheAccount() {
        User bob = server.register("bob");
        User carol = server.register("carol");
        assertThat(server.post(bob, path(carol), JsonObject.of()).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        String token =
                server.post(bob, path(bob), JsonObject.of())
                        .ok()
                        .string("access_token")
                        .orElseThrow();
        server.post(bob, "/_matrix/client/v3/account/deactivate", JsonObject.of("auth", bob.auth()))
                .ok();
        assertThat(server.get(null, info(token)).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(server.get(null, info("junk")).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(server.get(null, "/_matrix/federation/v1/openid/userinfo").refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.get(null, info(carol.token())).refusal())
                .isEqualTo("401 M_UNKNOWN_TOKEN");
    }
}
