package org.valise.accounts.registration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonObject;

import java.util.List;

class DeactivationTest {
    private static final String DEACTIVATE = "/_matrix/client/v3/account/deactivate";
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject login(String name) {
        return JsonObject.of(
                "type", "m.login.password", "user", name, "password", AccountsServer.PASSWORD);
    }

    @Test
    void wantsThePassword() {
        User alice = server.register("careful");
        Answer asked = server.post(alice, DEACTIVATE, JsonObject.of());
        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.json().array("flows").orElseThrow().toString())
                .isEqualTo("[{\"stages\":[\"m.login.password\"]}]");
        assertThat(
                        server.post(
                                        alice,
                                        DEACTIVATE,
                                        JsonObject.of("auth", alice.auth("wrong password")))
                                .refusal())
                .isEqualTo("401 M_FORBIDDEN");
        assertThat(server.post(alice, DEACTIVATE, JsonObject.of("erase", "yes")).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(server.get(alice, "/_matrix/client/v3/account/whoami").status()).isEqualTo(200);
    }

    @Test
    void endsEverySessionAndEveryLoginAndNeverFreesTheName() {
        User alice = server.register("leaving");
        User phone = server.login("leaving", "PHONE");
        assertThat(server.post(alice, DEACTIVATE, JsonObject.of("auth", alice.auth())).ok())
                .isEqualTo(JsonObject.of("id_server_unbind_result", "success"));
        for (User session : List.of(alice, phone)) {
            assertThat(server.get(session, "/_matrix/client/v3/account/whoami").refusal())
                    .isEqualTo("401 M_UNKNOWN_TOKEN");
        }
        assertThat(server.post(null, "/_matrix/client/v3/login", login("leaving")).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(
                        server.get(null, "/_matrix/client/v3/register/available?username=leaving")
                                .refusal())
                .isEqualTo("400 M_USER_IN_USE");
        assertThat(server.get(null, "/_matrix/client/v3/profile/" + alice.id()).refusal())
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void isPossibleWithoutASessionForWhoKnowsThePassword() {
        User alice = server.register("tokenless");
        assertThat(server.post(null, DEACTIVATE, JsonObject.of("auth", alice.auth())).status())
                .isEqualTo(200);
        assertThat(server.get(alice, "/_matrix/client/v3/account/whoami").status()).isEqualTo(401);
    }

    @Test
    void erasesProfileAndAccountDataIfAsked() {
        User keeps = server.register("keeps");
        User erases = server.register("erases");
        for (User user : List.of(keeps, erases)) {
            server.put(
                            user,
                            "/_matrix/client/v3/profile/" + user.id() + "/displayname",
                            JsonObject.of("displayname", "Somebody"))
                    .ok();
            server.put(
                            user,
                            "/_matrix/client/v3/user/" + user.id() + "/account_data/org.example",
                            JsonObject.of("a", 1))
                    .ok();
            server.post(
                            user,
                            DEACTIVATE,
                            JsonObject.of("auth", user.auth(), "erase", user == erases))
                    .ok();
        }
        assertThat(left("profile_field")).containsExactly("@keeps:example.org");
        assertThat(left("account_data")).containsExactly("@keeps:example.org");
        List<String> changes =
                server.database()
                        .database()
                        .read(tx ->
                                tx.query(
                                        """
                                        SELECT user_id, name FROM accounts_read.change
                                        JOIN accounts_read.user_number ON number = user_number
                                        WHERE kind = 'deactivated' AND user_id IN ('@keeps:example.org', '@erases:example.org')
                                        ORDER BY position
                                        """,
                                        row -> row.getString(1) + " " + row.getString(2)));
        assertThat(changes).containsExactly("@keeps:example.org null", "@erases:example.org erase");
    }

    private static List<String> left(String table) {
        return server.database()
                .database()
                .read(tx ->
                        tx.query(
                                "SELECT user_id FROM accounts."
                                        + table
                                        + " JOIN accounts.user_number ON number = user_number",
                                row -> row.getString(1)));
    }
}
