package org.valise.accounts.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonObject;

class DiscoveryTest {
    private static final JsonObject CLIENT =
            JsonObject.of("m.homeserver", JsonObject.of("base_url", "https://matrix.example.org"));
    private static AccountsServer plain;
    private static AccountsServer published;

    @BeforeAll
    static void start() {
        plain = AccountsServer.start();
        published =
                AccountsServer.start(options ->
                        options.withConfig(config ->
                                config.withDiscovery(
                                        DiscoveryConfig.NONE.withBaseUrl(
                                                "https://matrix.example.org"))));
    }

    @AfterAll
    static void stop() {
        plain.close();
        published.close();
    }

    @Test
    void saysWhichVersionsItSpeaks() {
        JsonObject versions = plain.get(null, "/_matrix/client/versions").ok();
        assertThat(versions.array("versions").orElseThrow().strings())
                .contains("r0.6.1", "v1.1", "v1.11");
        assertThat(versions.object("unstable_features")).contains(JsonObject.of());
    }

    @Test
    void tellsTheSignedInWhatTheyCanDo() {
        User alice = plain.register("alice");
        JsonObject capabilities =
                plain.get(alice, "/_matrix/client/v3/capabilities")
                        .ok()
                        .object("capabilities")
                        .orElseThrow();
        JsonObject versions = capabilities.object("m.room_versions").orElseThrow();
        assertThat(versions.string("default")).contains("12");
        assertThat(versions.object("available").orElseThrow().keys())
                .containsExactlyInAnyOrder(
                        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12");
        assertThat(capabilities.object("m.3pid_changes")).contains(JsonObject.of("enabled", false));
        assertThat(plain.get(null, "/_matrix/client/v3/capabilities").refusal())
                .isEqualTo("401 M_MISSING_TOKEN");
    }

    @Test
    void publishesWellKnownFilesOnlyIfConfigured() {
        assertThat(plain.get(null, "/.well-known/matrix/client").refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(plain.get(null, "/.well-known/matrix/support").refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(published.get(null, "/.well-known/matrix/client").ok()).isEqualTo(CLIENT);
    }

    @Test
    void tellsWhoLogsInWhereTheServerIs() {
        published.register("alice");
        JsonObject login =
                JsonObject.of(
                        "type",
                        "m.login.password",
                        "user",
                        "alice",
                        "password",
                        AccountsServer.PASSWORD);
        assertThat(
                        published
                                .post(null, "/_matrix/client/v3/login", login)
                                .ok()
                                .object("well_known"))
                .contains(CLIENT);
    }
}
