package org.valise.accounts.calls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.platform.config.Secret;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class TurnServerTest {
    private static final String PATH = "/_matrix/client/v3/voip/turnServer";

    @Test
    void saysNothingWhereThereIsNone() {
        try (var server = AccountsServer.start()) {
            User alice = server.register("alice");
            assertThat(server.get(alice, PATH).ok()).isEqualTo(JsonObject.of());
            assertThat(server.get(null, PATH).refusal()).isEqualTo("401 M_MISSING_TOKEN");
        }
    }

    @Test
    void givesCredentialsThatTheTurnServerCanCheck() throws Exception {
        var config =
                new TurnConfig(
                        List.of("turn:turn.example.org"), Secret.of("shared"), Duration.ofHours(2));
        try (var server =
                AccountsServer.start(
                        options -> options.withConfig(accounts -> accounts.withTurn(config)))) {
            User alice = server.register("alice");
            JsonObject answer = server.get(alice, PATH).ok();
            assertThat(answer.array("uris")).contains(JsonArray.of("turn:turn.example.org"));
            assertThat(answer.integer("ttl")).contains(7_200L);
            String name = answer.string("username").orElseThrow();
            assertThat(name).matches("[0-9]+:" + alice.id());
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec("shared".getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            assertThat(Base64.getDecoder().decode(answer.string("password").orElseThrow()))
                    .isEqualTo(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
