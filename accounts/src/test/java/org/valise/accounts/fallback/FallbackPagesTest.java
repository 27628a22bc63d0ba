package org.valise.accounts.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.accounts.registration.RegistrationConfig;
import org.valise.accounts.registration.Terms;
import org.valise.platform.config.Secret;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Pattern;

class FallbackPagesTest {
    private static final String REGISTER = "/_matrix/client/v3/register";
    private static final String DELETE_DEVICES = "/_matrix/client/v3/delete_devices";
    private static final Terms TERMS =
            Terms.parse(
                    JsonObject.of(
                            "policies",
                            JsonObject.of(
                                    "privacy",
                                    JsonObject.of(
                                            "version",
                                            "1.2",
                                            "en",
                                            JsonObject.of(
                                                    "name",
                                                    "Privacy <policy> & \"more\"",
                                                    "url",
                                                    "https://example.org/?a=1&b=2")))));
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server =
                AccountsServer.start(options ->
                        options.withConfig(config ->
                                config.withRegistration(
                                        new RegistrationConfig(
                                                true,
                                                List.of(Secret.of("letmein")),
                                                false,
                                                TERMS))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String path(String stage, String session) {
        return "/_matrix/client/v3/auth/" + stage + "/fallback/web?session=" + session;
    }

    private static Answer fill(String stage, String session, JsonObject fields) {
        return server.post(
                null,
                "/_matrix/client/v3/auth/" + stage + "/fallback/web",
                JsonObject.of("session", session, "fields", fields));
    }

    private static String session(Answer challenge) {
        assertThat(challenge.status()).isEqualTo(401);
        return challenge.json().string("session").orElseThrow();
    }

    private static JsonObject account(String name) {
        return JsonObject.of("username", name, "password", AccountsServer.PASSWORD);
    }

    /// Somebody who has an account, in spite of the terms.
    private static User registered(String name) {
        String session = session(server.post(null, REGISTER, account(name)));
        fill("m.login.terms", session, JsonObject.of());
        server.post(null, REGISTER, account(name).with("auth", JsonObject.of("session", session)))
                .ok();
        return server.login(name, null);
    }

    @Test
    void completeStagesForAClientThatKnowsNone() {
        Answer asked = server.post(null, REGISTER, account("nova"));
        String session = session(asked);
        HttpResponse<String> page = server.browse(path("m.login.terms", session));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.body())
                .contains("Privacy &lt;policy&gt; &amp; &quot;more&quot;")
                .contains("href=\"https://example.org/?a=1&amp;b=2\"")
                .contains("data-done=\"false\"");

        assertThat(fill("m.login.terms", session, JsonObject.of()).status()).isEqualTo(200);
        assertThat(fill("m.login.terms", session, JsonObject.of()).status()).isEqualTo(200);
        assertThat(server.browse(path("m.login.terms", session)).body())
                .contains("data-done=\"true\"");
        Answer done =
                server.post(
                        null,
                        REGISTER,
                        account("nova").with("auth", JsonObject.of("session", session)));
        assertThat(done.ok().string("user_id")).contains("@nova:example.org");
        assertThat(server.browse(path("m.login.terms", session)).statusCode()).isEqualTo(404);
    }

    @Test
    void asksForARegistrationTokenUntilItIsValid() {
        String session = session(server.post(null, REGISTER, account("tove")));
        assertThat(server.browse(path("m.login.registration_token", session)).body())
                .contains("name=\"token\"");
        Answer wrong =
                fill("m.login.registration_token", session, JsonObject.of("token", "guessed"));
        assertThat(wrong.refusal()).isEqualTo("401 M_FORBIDDEN");
        Answer right =
                fill("m.login.registration_token", session, JsonObject.of("token", "letmein"));
        assertThat(right.status()).isEqualTo(200);
        Answer halfway =
                server.post(
                        null,
                        REGISTER,
                        account("tove").with("auth", JsonObject.of("session", session)));
        assertThat(halfway.status()).isEqualTo(401);
        assertThat(halfway.json().array("completed"))
                .contains(JsonArray.of("m.login.registration_token"));
        fill("m.login.terms", session, JsonObject.of());
        server.post(null, REGISTER, account("tove").with("auth", JsonObject.of("session", session)))
                .ok();
    }

    /// SECURITY: the session says whose password it must be.
    @Test
    void takesThePasswordOfWhoeverIsSignedInOnly() {
        User alice = registered("alice");
        User bob = registered("bob");
        JsonObject wanted = JsonObject.of("devices", JsonArray.of("OTHER"));
        String session = session(server.post(alice, DELETE_DEVICES, wanted));
        String page = server.browse(path("m.login.password", session)).body();
        assertThat(page).contains("type=\"password\"").doesNotContain("name=\"user\"");
        assertThat(
                        fill(
                                        "m.login.password",
                                        session,
                                        JsonObject.of("user", bob.id(), "password", "wrong"))
                                .refusal())
                .isEqualTo("401 M_FORBIDDEN");
        assertThat(
                        fill(
                                        "m.login.password",
                                        session,
                                        JsonObject.of(
                                                "user",
                                                bob.id(),
                                                "password",
                                                AccountsServer.PASSWORD,
                                                "identifier",
                                                JsonObject.of(
                                                        "type", "m.id.user", "user", bob.id())))
                                .status())
                .isEqualTo(200); // it is Alice's password, too
        JsonObject again = wanted.with("auth", JsonObject.of("session", session));
        assertThat(server.post(bob, DELETE_DEVICES, again).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.post(alice, DELETE_DEVICES, again).ok();
        assertThat(server.post(alice, DELETE_DEVICES, again).status()).isEqualTo(401);
    }

    @Test
    void goOnWhereNothingIsAskedFor() {
        try (AccountsServer open = AccountsServer.start()) {
            JsonObject dora = account("dora");
            String session = session(open.post(null, REGISTER, dora));
            String dummy = "/_matrix/client/r0/auth/m.login.dummy/fallback/web";
            assertThat(open.browse(dummy + "?session=" + session).body()).contains("<button>");
            open.post(null, dummy, JsonObject.of("session", session)).ok();
            open.post(null, REGISTER, dora.with("auth", JsonObject.of("session", session))).ok();
        }
    }

    @Test
    void areOnlyThereForTheStagesOfTheSessionInTheirOrder() {
        String session = session(server.post(null, REGISTER, account("order")));
        for (String stage :
                List.of("m.login.dummy", "m.login.password", "m.login.recaptcha", "nothing")) {
            assertThat(server.browse(path(stage, session)).statusCode()).isEqualTo(404);
            assertThat(fill(stage, session, JsonObject.of()).refusal())
                    .isEqualTo("404 M_NOT_FOUND");
        }
        assertThat(server.browse(path("m.login.terms", "guessed")).statusCode()).isEqualTo(404);
        assertThat(fill("m.login.terms", "guessed", JsonObject.of()).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(null, "/_matrix/client/v3/auth/m.login.terms/fallback/web").refusal())
                .isEqualTo("400 M_MISSING_PARAM");
    }

    @Test
    void showThePageForSigningIn() {
        String page = server.browse("/_matrix/static/client/login/?device_id=ABC").body();
        assertThat(page)
                .contains("name=\"user\"")
                .contains("name=\"password\"")
                .doesNotContain("ABC");
        assertThat(server.browse("/_matrix/static/client/fallback/login.js").body())
                .contains("window.matrixLogin.onLogin(");
    }

    /// SECURITY: nothing runs on a page but the scripts of this server, and none that stands in it.
    @Test
    void loadNothingFromElsewhere() {
        String session = session(server.post(null, REGISTER, account("csp")));
        for (String path :
                List.of(path("m.login.terms", session), "/_matrix/static/client/login/")) {
            HttpResponse<String> page = server.browse(path);
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'; script-src 'self';")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
            assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(page.body()).doesNotContain("<style").doesNotContain("onclick");
            Pattern.compile("<(?:script|link)[^>]*?(?:src|href)=\"([^\"]*)\"")
                    .matcher(page.body())
                    .results()
                    .map(found -> server.browse(found.group(1)))
                    .forEach(file -> assertThat(file.statusCode()).isEqualTo(200));
            assertThat(page.body()).containsPattern("<script src=\"/_matrix/static/[^\"]+\">");
        }
        assertThat(server.browse("/_matrix/static/client/fallback/package-info.class").statusCode())
                .isEqualTo(404);
    }
}
