package org.valise.accounts.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.OptionalInt;

class TermsTest {
    private static final String REGISTER = "/_matrix/client/v3/register";
    private static final JsonObject FILE =
            Json.parseObject(
                    """
                    {"policies": {"privacy": {"version": "1.2", "en": {"name": "Privacy", "url": "https://example.org/en"},
                     "fr": {"name": "Vie privée", "url": "https://example.org/fr"}}}}
                    """);
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server =
                AccountsServer.start(options ->
                        options.withConfig(config ->
                                config.withRegistration(
                                        RegistrationConfig.OPEN.withTerms(Terms.parse(FILE)))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject register(String name, JsonObject auth) {
        return JsonObject.of("username", name, "password", AccountsServer.PASSWORD, "auth", auth);
    }

    @Test
    void areShownWithTheFlows() {
        Answer asked = server.post(null, REGISTER, JsonObject.of());
        assertThat(asked.json().array("flows").orElseThrow().toString())
                .isEqualTo(
                        "[{\"stages\":[\"m.login.terms\"]},"
                            + "{\"stages\":[\"m.login.registration_token\",\"m.login.terms\"]}]");
        assertThat(asked.json().object("params").orElseThrow().object("m.login.terms"))
                .contains(FILE);
    }

    @Test
    void letThoseInWhoAcceptThemAndRememberWhichTheyWere() {
        String session =
                server.post(null, REGISTER, JsonObject.of()).json().string("session").orElseThrow();
        assertThat(
                        server.post(
                                        null,
                                        REGISTER,
                                        register("dodger", JsonObject.of("type", "m.login.dummy")))
                                .status())
                .isEqualTo(401);
        JsonObject auth = JsonObject.of("type", "m.login.terms", "session", session);
        server.post(null, REGISTER, register("alice", auth)).ok();
        assertThat(accepted("@alice:example.org")).containsExactly("privacy 1.2");
    }

    @Test
    void comeAfterTheRegistrationToken() {
        String token =
                server.accounts().registrationTokens().create(OptionalInt.of(1), false, null);
        JsonObject first = JsonObject.of("type", "m.login.registration_token", "token", token);
        Answer half = server.post(null, REGISTER, register("bob", first));
        assertThat(half.status()).isEqualTo(401);
        assertThat(half.json().array("completed").orElseThrow().toString())
                .isEqualTo("[\"m.login.registration_token\"]");
        String session = half.json().string("session").orElseThrow();
        JsonObject second = JsonObject.of("type", "m.login.terms", "session", session);
        server.post(null, REGISTER, register("bob", second)).ok();
        assertThat(accepted("@bob:example.org")).containsExactly("privacy 1.2");
        assertThat(server.accounts().registrationTokens().isValid(token)).isFalse();
    }

    @Test
    void areCheckedWhenTheServerStarts() {
        for (String bad :
                new String[] {
                    "{}",
                    "{\"policies\": []}",
                    "{\"policies\": {\"p\": 1}}",
                    "{\"policies\": {\"p\": {\"en\": {\"name\": \"n\", \"url\": \"u\"}}}}",
                    "{\"policies\": {\"p\": {\"version\": \"1\"}}}",
                    "{\"policies\": {\"p\": {\"version\": \"1\", \"en\": {\"name\": \"n\"}}}}"
                }) {
            assertThatThrownBy(() -> Terms.parse(Json.parseObject(bad)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static List<String> accepted(String user) {
        return server.database()
                .database()
                .read(tx ->
                        tx.query(
                                """
                                SELECT policy, version FROM accounts.accepted_policy
                                JOIN accounts.user_number ON number = user_number WHERE user_id = ?
                                """,
                                row -> row.getString(1) + " " + row.getString(2),
                                user));
    }
}
