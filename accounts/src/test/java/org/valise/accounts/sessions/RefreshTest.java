package org.valise.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.accounts.MovableClock;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;

class RefreshTest {
    private static final String LOGIN = "/_matrix/client/v3/login";
    private static final String REFRESH = "/_matrix/client/v3/refresh";
    private static final String WHOAMI = "/_matrix/client/v3/account/whoami";
    private static final MovableClock CLOCK = new MovableClock();
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server =
                AccountsServer.start(options ->
                        options.withClock(CLOCK)
                                .withConfig(config ->
                                        config.withAccessTokenLifetime(Duration.ofMinutes(5))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private record Tokens(String access, String refresh) {
        static Tokens of(JsonObject json) {
            return new Tokens(
                    json.string("access_token").orElseThrow(),
                    json.string("refresh_token").orElseThrow());
        }

        User user() {
            return new User("", access, "");
        }
    }

    private static Tokens login(String name) {
        server.register(name);
        JsonObject answer =
                server.post(
                                null,
                                LOGIN,
                                JsonObject.of(
                                        "type",
                                        "m.login.password",
                                        "user",
                                        name,
                                        "password",
                                        AccountsServer.PASSWORD,
                                        "device_id",
                                        "D",
                                        "refresh_token",
                                        true))
                        .ok();
        assertThat(answer.integer("expires_in_ms")).contains(300_000L);
        return Tokens.of(answer);
    }

    private static Answer refresh(String token) {
        return server.post(null, REFRESH, JsonObject.of("refresh_token", token));
    }

    private static int use(Tokens tokens) {
        return server.get(tokens.user(), WHOAMI).status();
    }

    @Test
    void givesNoRefreshTokenToWhoDoesNotAskForOne() {
        server.register("plain");
        JsonObject answer =
                server.post(
                                null,
                                LOGIN,
                                JsonObject.of(
                                        "type",
                                        "m.login.password",
                                        "user",
                                        "plain",
                                        "password",
                                        AccountsServer.PASSWORD))
                        .ok();
        assertThat(answer.has("refresh_token")).isFalse();
        assertThat(answer.has("expires_in_ms")).isFalse();
    }

    @Test
    void registersWithARefreshToken() {
        JsonObject answer =
                server.post(
                                null,
                                "/_matrix/client/v3/register",
                                JsonObject.of(
                                        "username",
                                        "fresh",
                                        "password",
                                        AccountsServer.PASSWORD,
                                        "refresh_token",
                                        true,
                                        "auth",
                                        JsonObject.of("type", "m.login.dummy")))
                        .ok();
        Tokens tokens = Tokens.of(answer);
        assertThat(use(tokens)).isEqualTo(200);
        assertThat(refresh(tokens.refresh()).status()).isEqualTo(200);
    }

    @Test
    void expiresAccessTokensSoftlyAndRefreshesThem() {
        Tokens first = login("expires");
        assertThat(use(first)).isEqualTo(200);
        CLOCK.advance(Duration.ofMinutes(5));
        Answer refused = server.get(first.user(), WHOAMI);
        assertThat(refused.refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(refused.json().bool("soft_logout")).contains(true);

        JsonObject answer = refresh(first.refresh()).ok();
        assertThat(answer.integer("expires_in_ms")).contains(300_000L);
        Tokens second = Tokens.of(answer);
        assertThat(server.get(second.user(), WHOAMI).ok().string("device_id")).contains("D");
    }

    @Test
    void keepsTheOldPairUntilTheNewAccessTokenIsUsed() {
        Tokens first = login("lazy");
        Tokens lost = Tokens.of(refresh(first.refresh()).ok());
        assertThat(use(first)).isEqualTo(200);

        // The answer was lost: the client asks again, and what it did not get is void.
        Tokens second = Tokens.of(refresh(first.refresh()).ok());
        assertThat(use(lost)).isEqualTo(401);
        assertThat(refresh(lost.refresh()).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");

        assertThat(use(second)).isEqualTo(200);
        assertThat(use(first)).isEqualTo(401);
        assertThat(refresh(first.refresh()).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(use(second)).isEqualTo(200);
    }

    @Test
    void endsTheOldPairWhenTheNewRefreshTokenIsUsed() {
        Tokens first = login("eager");
        Tokens second = Tokens.of(refresh(first.refresh()).ok());
        Tokens third = Tokens.of(refresh(second.refresh()).ok());
        assertThat(refresh(first.refresh()).status()).isEqualTo(401);
        assertThat(use(first)).isEqualTo(401);
        assertThat(use(second)).isEqualTo(200);
        assertThat(use(third)).isEqualTo(200);
        assertThat(use(second)).isEqualTo(401);
    }

    @Test
    void endsAllTokensOfADeviceThatLogsInAgainOrOut() {
        Tokens first = login("again");
        Tokens pending = Tokens.of(refresh(first.refresh()).ok());
        server.login("again", "D");
        for (Tokens tokens : new Tokens[] {first, pending}) {
            assertThat(use(tokens)).isEqualTo(401);
            assertThat(refresh(tokens.refresh()).status()).isEqualTo(401);
        }

        Tokens other = login("out");
        server.post(other.user(), "/_matrix/client/v3/logout", JsonObject.of()).ok();
        assertThat(refresh(other.refresh()).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
    }

    @Test
    void doesNotTakeOneKindOfTokenForTheOther() {
        Tokens tokens = login("mixed");
        assertThat(use(new Tokens(tokens.refresh(), ""))).isEqualTo(401);
        assertThat(refresh(tokens.access()).status()).isEqualTo(401);
    }

    @Test
    void refusesTheLockedAndTheMalformed() {
        Tokens tokens = login("lockedout");
        long number =
                server.accounts()
                        .users()
                        .find(UserId.parse("@lockedout:example.org"))
                        .orElseThrow()
                        .number();
        server.accounts().users().setLocked(number, true);
        Answer refused = refresh(tokens.refresh());
        assertThat(refused.refusal()).isEqualTo("401 M_USER_LOCKED");
        assertThat(refused.json().bool("soft_logout")).contains(true);

        assertThat(server.post(null, REFRESH, JsonObject.of()).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.post(null, REFRESH, JsonObject.of("refresh_token", 1)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(refresh("no token").refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
    }
}
