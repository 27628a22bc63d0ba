package org.valise.accounts.registration;

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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class RegistrationTest {
    private static final String REGISTER = "/_matrix/client/v3/register";
    private static final JsonObject DUMMY = JsonObject.of("type", "m.login.dummy");
    private static AccountsServer open;
    private static AccountsServer closed;

    @BeforeAll
    static void start() {
        open =
                AccountsServer.start(options ->
                        options.withReserved(user -> user.localpart().startsWith("bridge_")));
        closed =
                AccountsServer.start(options ->
                        options.withConfig(
                                config -> config.withRegistration(RegistrationConfig.CLOSED)));
    }

    @AfterAll
    static void stop() {
        open.close();
        closed.close();
    }

    private static JsonObject wanted(String username) {
        return JsonObject.of(
                "username", username, "password", AccountsServer.PASSWORD, "auth", DUMMY);
    }

    private static JsonObject withToken(String username, String token) {
        return wanted(username)
                .with("auth", JsonObject.of("type", "m.login.registration_token", "token", token));
    }

    private static Answer register(JsonObject body) {
        return open.post(null, REGISTER, body);
    }

    @Test
    void makesAnAccountAndLogsItIn() {
        JsonObject made =
                register(
                                wanted("alice")
                                        .with("device_id", "PHONE")
                                        .with("initial_device_display_name", "My phone"))
                        .ok();
        assertThat(made.string("user_id")).contains("@alice:example.org");
        assertThat(made.string("device_id")).contains("PHONE");
        User alice =
                new User("@alice:example.org", made.string("access_token").orElseThrow(), "PHONE");
        assertThat(open.get(alice, "/_matrix/client/v3/devices/PHONE").ok().string("display_name"))
                .contains("My phone");
        assertThat(open.login("alice", null).id()).isEqualTo("@alice:example.org");
    }

    @Test
    void goesThroughTheSessionThatItAskedFor() {
        Answer asked = register(wanted("stepwise").without("auth"));
        assertThat(asked.status()).isEqualTo(401);
        String session = asked.json().string("session").orElseThrow();
        assertThat(
                        register(wanted("stepwise").with("auth", DUMMY.with("session", session)))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void lowersCapitalsAndTakesAllCharactersOfTheGrammar() {
        assertThat(register(wanted("CamelCase")).ok().string("user_id"))
                .contains("@camelcase:example.org");
        assertThat(register(wanted("a-b.c=d_e/f+9")).ok().string("user_id"))
                .contains("@a-b.c=d_e/f+9:example.org");
    }

    @Test
    void refusesNamesThatAreNone() {
        for (String name :
                List.of(
                        "",
                        " ",
                        "a b",
                        "é",
                        "a:b",
                        "@alice",
                        "a\u0000",
                        "x".repeat(250),
                        "a!",
                        "a#b",
                        "💬")) {
            assertThat(register(wanted(name)).refusal()).isEqualTo("400 M_INVALID_USERNAME");
            assertThat(register(wanted(name).without("auth")).refusal())
                    .as("before authentication")
                    .isEqualTo("400 M_INVALID_USERNAME");
        }
    }

    @Test
    void refusesNamesThatAreTakenOrReserved() {
        open.register("taken");
        assertThat(register(wanted("taken")).refusal()).isEqualTo("400 M_USER_IN_USE");
        assertThat(register(wanted("TAKEN").without("auth")).refusal())
                .isEqualTo("400 M_USER_IN_USE");
        assertThat(register(wanted("bridge_irc")).refusal()).isEqualTo("400 M_EXCLUSIVE");
    }

    @Test
    void saysWhetherANameIsFree() {
        open.register("gone");
        String path = REGISTER + "/available?username=";
        assertThat(open.get(null, path + "free").ok()).isEqualTo(JsonObject.of("available", true));
        assertThat(open.get(null, path + "gone").refusal()).isEqualTo("400 M_USER_IN_USE");
        assertThat(open.get(null, path + "Gone").refusal()).isEqualTo("400 M_USER_IN_USE");
        assertThat(open.get(null, path + "a%20b").refusal()).isEqualTo("400 M_INVALID_USERNAME");
        assertThat(open.get(null, path + "bridge_x").refusal()).isEqualTo("400 M_EXCLUSIVE");
        assertThat(open.get(null, REGISTER + "/available").refusal())
                .isEqualTo("400 M_MISSING_PARAM");
    }

    @Test
    void inventsANameAndADeviceForWhoGivesNone() {
        JsonObject made = register(wanted("x").without("username")).ok();
        UserId user = UserId.parse(made.string("user_id").orElseThrow());
        assertThat(UserId.isStrictLocalpart(user.localpart())).isTrue();
        assertThat(made.string("device_id").orElseThrow()).hasSize(10);
    }

    @Test
    void logsNobodyInIfItIsNotToBe() {
        JsonObject made = register(wanted("inhibited").with("inhibit_login", true)).ok();
        assertThat(made.has("access_token")).isFalse();
        assertThat(made.has("device_id")).isFalse();
        assertThat(open.login("inhibited", null).id()).isEqualTo("@inhibited:example.org");
    }

    @Test
    void refusesWhatIsNoRegistration() {
        assertThat(register(wanted("weak").with("password", "short")).refusal())
                .isEqualTo("400 M_WEAK_PASSWORD");
        assertThat(register(wanted("none").without("password")).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(register(wanted("typed").with("password", 12345678)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(register(wanted("typed").with("username", 1)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(register(wanted("typed").with("inhibit_login", "yes")).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(register(wanted("typed").with("device_id", "x".repeat(600))).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(open.post(null, REGISTER + "?kind=guest", JsonObject.of()).refusal())
                .isEqualTo("403 M_GUEST_ACCESS_FORBIDDEN");
        assertThat(open.post(null, REGISTER + "?kind=robot", wanted("robot")).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(open.get(null, REGISTER + "/available?username=weak").status()).isEqualTo(200);
    }

    @Test
    void takesPasswordsOutsideAscii() {
        register(wanted("polyglot").with("password", "übergrößenträger")).ok();
        JsonObject login =
                JsonObject.of(
                        "type", "m.login.password",
                        "user", "polyglot",
                        "password", "übergrößenträger");
        assertThat(open.post(null, "/_matrix/client/v3/login", login).status()).isEqualTo(200);
    }

    @Test
    void givesAContestedNameToOne() throws Exception {
        List<Callable<Answer>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(() -> register(wanted("contested")));
        }
        List<String> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Answer> answer : threads.invokeAll(all)) {
                answers.add(answer.get().refusal());
            }
        }
        assertThat(answers).containsOnlyOnce("200 none").contains("400 M_USER_IN_USE");
        assertThat(answers).containsOnly("200 none", "400 M_USER_IN_USE");
    }

    @Test
    void offersOnlyTokensWhileRegistrationIsClosed() {
        Answer asked = closed.post(null, REGISTER, wanted("outsider").without("auth"));
        assertThat(asked.json().array("flows"))
                .contains(
                        JsonArray.of(
                                JsonObject.of(
                                        "stages", JsonArray.of("m.login.registration_token"))));
        assertThat(closed.post(null, REGISTER, wanted("outsider")).status()).isEqualTo(401);
        assertThat(closed.post(null, REGISTER, withToken("outsider", "guess")).refusal())
                .isEqualTo("401 M_FORBIDDEN");
    }

    @Test
    void countsTheUsesOfAToken() {
        RegistrationTokens tokens = closed.accounts().registrationTokens();
        String token = tokens.create(OptionalInt.of(2), false, null);
        String validity =
                "/_matrix/client/v1/register/m.login.registration_token/validity?token=" + token;
        assertThat(closed.get(null, validity).ok()).isEqualTo(JsonObject.of("valid", true));
        closed.post(null, REGISTER, withToken("first", token)).ok();
        // A name that cannot be had uses nothing up.
        assertThat(closed.post(null, REGISTER, withToken("first", token)).refusal())
                .isEqualTo("400 M_USER_IN_USE");
        closed.post(null, REGISTER, withToken("second", token)).ok();
        assertThat(closed.post(null, REGISTER, withToken("third", token)).refusal())
                .isEqualTo("401 M_FORBIDDEN");
        assertThat(closed.get(null, validity).ok()).isEqualTo(JsonObject.of("valid", false));
    }

    @Test
    void knowsExpiredRevokedAndImpossibleTokens() {
        RegistrationTokens tokens = closed.accounts().registrationTokens();
        String expired = tokens.create(OptionalInt.empty(), false, Instant.now().minusSeconds(1));
        String revoked = tokens.create(OptionalInt.empty(), false, null);
        assertThat(tokens.isValid(revoked)).isTrue();
        assertThat(tokens.revoke(revoked)).isTrue();
        for (String token : List.of(expired, revoked, "", "x".repeat(65), "a b", "\u0000")) {
            assertThat(tokens.isValid(token)).isFalse();
        }
        assertThat(
                        closed.get(
                                        null,
                                        "/_matrix/client/v1/register/m.login.registration_token/validity")
                                .refusal())
                .isEqualTo("400 M_MISSING_PARAM");
    }

    @Test
    void letsATokenOfOneUseMakeOneAccountWhateverComesAtOnce() throws Exception {
        String token =
                closed.accounts().registrationTokens().create(OptionalInt.of(1), false, null);
        List<Callable<Answer>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = "racer" + i;
            all.add(() -> closed.post(null, REGISTER, withToken(name, token)));
        }
        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Answer> answer : threads.invokeAll(all)) {
                statuses.add(answer.get().status());
            }
        }
        assertThat(statuses).containsOnlyOnce(200);
        assertThat(statuses).allMatch(status -> status == 200 || status == 401 || status == 403);
    }
}
