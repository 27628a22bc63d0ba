package org.valise.accounts.thirdparty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

class ThirdPartyTest {
    private static final String V3 = "/_matrix/client/v3/";
    private static AccountsServer server;
    private static User alice;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
        alice = server.register("alice");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void knowsNoNetworks() {
        assertThat(server.get(alice, V3 + "thirdparty/protocols").ok()).isEqualTo(JsonObject.of());
        for (String path :
                new String[] {
                    "protocol/irc",
                    "location/irc",
                    "location?alias=%23a:b",
                    "user/irc",
                    "user?userid=%40a:b"
                }) {
            assertThat(server.get(alice, V3 + "thirdparty/" + path).refusal())
                    .isEqualTo("404 M_NOT_FOUND");
        }
        assertThat(server.get(null, V3 + "thirdparty/protocols").refusal())
                .isEqualTo("401 M_MISSING_TOKEN");
    }

    @Test
    void knowsNoIdentifiersAndValidatesNone() {
        assertThat(server.get(alice, V3 + "account/3pid").ok())
                .isEqualTo(JsonObject.of("threepids", JsonArray.of()));
        JsonObject mail =
                JsonObject.of(
                        "client_secret", "s3cret", "send_attempt", 1, "email", "a@example.org");
        JsonObject phone =
                JsonObject.of(
                        "client_secret",
                        "s3cret",
                        "send_attempt",
                        1,
                        "country",
                        "FR",
                        "phone_number",
                        "0123");
        for (String operation : new String[] {"register", "account/3pid"}) {
            assertThat(refusal(operation + "/email", mail)).isEqualTo("403 M_THREEPID_DENIED");
            assertThat(refusal(operation + "/msisdn", phone)).isEqualTo("403 M_THREEPID_DENIED");
        }
        assertThat(refusal("account/password/email", mail)).isEqualTo("400 M_THREEPID_NOT_FOUND");
        assertThat(refusal("account/password/msisdn", phone)).isEqualTo("400 M_THREEPID_NOT_FOUND");
        assertThat(refusal("register/email", mail.without("email")))
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(refusal("register/email", mail.with("client_secret", "not one!")))
                .isEqualTo("400 M_INVALID_PARAM");
    }

    private static String refusal(String path, JsonObject body) {
        return server.post(null, V3 + path + "/requestToken", body).refusal();
    }
}
