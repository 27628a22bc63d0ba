package org.valise.accounts.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimit.Rate;
import org.valise.platform.http.RateLimits;
import org.valise.protocol.json.JsonObject;

import java.util.Map;

class LoginLimitsTest {
    private static JsonObject login(String name, String password) {
        return JsonObject.of("type", "m.login.password", "user", name, "password", password);
    }

    @Test
    void countAttemptsOnAnAccountWhetherItExistsOrNot() {
        var limits =
                RateLimits.of(
                        Map.of(
                                RateLimit.LOGIN, new Rate(1_000, 1_000),
                                RateLimit.REGISTER, new Rate(1_000, 1_000),
                                RateLimit.LOGIN_ACCOUNT, new Rate(0.001, 3)));
        try (var server = AccountsServer.start(options -> options.withLimits(limits))) {
            User alice = server.register("alice");
            for (String name : new String[] {"alice", "nobody"}) {
                for (int i = 0; i < 3; i++) {
                    assertThat(
                                    server.post(
                                                    null,
                                                    "/_matrix/client/v3/login",
                                                    login(name, "guess" + i))
                                            .refusal())
                            .isEqualTo("403 M_FORBIDDEN");
                }
                Answer refused =
                        server.post(
                                null,
                                "/_matrix/client/v3/login",
                                login(name, AccountsServer.PASSWORD));
                assertThat(refused.refusal()).isEqualTo("429 M_LIMIT_EXCEEDED");
                assertThat(refused.json().integer("retry_after_ms").orElseThrow()).isPositive();
            }
            // The password stage of user-interactive authentication counts against the same limit.
            assertThat(
                            server.post(
                                            alice,
                                            "/_matrix/client/v3/delete_devices",
                                            JsonObject.of(
                                                    "devices",
                                                    org.valise.protocol.json.JsonArray.of(),
                                                    "auth",
                                                    alice.auth()))
                                    .refusal())
                    .isEqualTo("429 M_LIMIT_EXCEEDED");
        }
    }

    @Test
    void countLoginsAndRegistrationsOfAnAddress() {
        var limits =
                RateLimits.of(
                        Map.of(
                                RateLimit.LOGIN, new Rate(0.001, 2),
                                RateLimit.REGISTER, new Rate(0.001, 2)));
        try (var server = AccountsServer.start(options -> options.withLimits(limits))) {
            server.register("alice");
            server.register("bob");
            assertThat(server.post(null, "/_matrix/client/v3/register", JsonObject.of()).refusal())
                    .isEqualTo("429 M_LIMIT_EXCEEDED");
            server.login("alice", null);
            server.login("bob", null);
            assertThat(
                            server.post(
                                            null,
                                            "/_matrix/client/v3/login",
                                            login("alice", AccountsServer.PASSWORD))
                                    .refusal())
                    .isEqualTo("429 M_LIMIT_EXCEEDED");
        }
    }
}
