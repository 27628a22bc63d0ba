package org.valise.accounts.administration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonObject;

class AdministrationTest {
    private static final String SUSPEND = "/_matrix/client/v1/admin/suspend/";
    private static final String LOCK = "/_matrix/client/v1/admin/lock/";
    private static final String WHOIS = "/_matrix/client/v3/admin/whois/";
    private static final String WHOAMI = "/_matrix/client/v3/account/whoami";
    private static AccountsServer server;
    private static User admin;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
        server.accounts().registration().create("root", AccountsServer.PASSWORD, true);
        server.accounts().registration().create("otherroot", AccountsServer.PASSWORD, true);
        admin = server.login("root", null);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject suspended(boolean suspended) {
        return JsonObject.of("suspended", suspended);
    }

    @Test
    void suspendsAndLetsGo() {
        User alice = server.register("alice");
        assertThat(server.get(admin, SUSPEND + alice.id()).ok()).isEqualTo(suspended(false));
        assertThat(server.put(admin, SUSPEND + alice.id(), suspended(true)).ok())
                .isEqualTo(suspended(true));
        assertThat(server.get(admin, SUSPEND + alice.id()).ok()).isEqualTo(suspended(true));

        String name = "/_matrix/client/v3/profile/" + alice.id() + "/displayname";
        assertThat(server.put(alice, name, JsonObject.of("displayname", "A")).refusal())
                .isEqualTo("403 M_USER_SUSPENDED");
        assertThat(server.get(alice, WHOAMI).status()).isEqualTo(200);
        User another = server.login("alice", null);
        assertThat(server.put(another, name, JsonObject.of("displayname", "A")).refusal())
                .isEqualTo("403 M_USER_SUSPENDED");

        server.put(admin, SUSPEND + alice.id(), suspended(false)).ok();
        server.put(alice, name, JsonObject.of("displayname", "A")).ok();
    }

    @Test
    void locksSoftlyAndUnlocks() {
        User bob = server.register("bob");
        assertThat(server.put(admin, LOCK + bob.id(), JsonObject.of("locked", true)).ok())
                .isEqualTo(JsonObject.of("locked", true));
        assertThat(server.get(admin, LOCK + bob.id()).ok().bool("locked")).contains(true);
        Answer refused = server.get(bob, WHOAMI);
        assertThat(refused.refusal()).isEqualTo("401 M_USER_LOCKED");
        assertThat(refused.json().bool("soft_logout")).contains(true);
        server.put(admin, LOCK + bob.id(), JsonObject.of("locked", false)).ok();
        assertThat(server.get(bob, WHOAMI).status()).isEqualTo(200);

        server.put(admin, LOCK + bob.id(), JsonObject.of("locked", true)).ok();
        assertThat(server.post(bob, "/_matrix/client/v3/logout", JsonObject.of()).status())
                .isEqualTo(200);
    }

    @Test
    void isOnlyForAdministratorsAndSaysNothingToOthers() {
        User carol = server.register("carol");
        for (String path : new String[] {SUSPEND, LOCK}) {
            for (String user :
                    new String[] {carol.id(), "@nobody:example.org", "@x:elsewhere.org", "junk"}) {
                assertThat(server.get(carol, path + user).refusal()).isEqualTo("403 M_FORBIDDEN");
                assertThat(server.put(carol, path + user, suspended(true)).refusal())
                        .isEqualTo("403 M_FORBIDDEN");
            }
            assertThat(server.get(admin, path + "@x:elsewhere.org").refusal())
                    .isEqualTo("400 M_INVALID_PARAM");
            assertThat(server.get(admin, path + "@nobody:example.org").refusal())
                    .isEqualTo("404 M_NOT_FOUND");
            assertThat(server.get(admin, path + "@otherroot:example.org").refusal())
                    .isEqualTo("403 M_FORBIDDEN");
            assertThat(server.get(admin, path + admin.id()).status()).isEqualTo(200);
            assertThat(server.put(admin, path + admin.id(), suspended(true)).refusal())
                    .isEqualTo("403 M_FORBIDDEN");
            assertThat(server.put(admin, path + carol.id(), JsonObject.of()).refusal())
                    .isEqualTo("400 M_MISSING_PARAM");
        }
    }

    @Test
    void doesNotKnowTheDeactivated() {
        User gone = server.register("gone");
        server.post(
                        gone,
                        "/_matrix/client/v3/account/deactivate",
                        JsonObject.of("auth", gone.auth()))
                .ok();
        assertThat(server.get(admin, SUSPEND + gone.id()).refusal()).isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void saysFromWhereSomebodyWasSeen() {
        User dan = server.register("dan");
        server.get(dan, WHOAMI).ok();
        for (User asking : new User[] {dan, admin}) {
            JsonObject answer = server.get(asking, WHOIS + dan.id()).ok();
            assertThat(answer.string("user_id")).contains(dan.id());
            JsonObject connection =
                    (JsonObject)
                            answer.object("devices")
                                    .flatMap(devices -> devices.object(dan.device()))
                                    .flatMap(device -> device.array("sessions"))
                                    .map(sessions -> (JsonObject) sessions.values().getFirst())
                                    .flatMap(session -> session.array("connections"))
                                    .orElseThrow()
                                    .values()
                                    .getFirst();
            assertThat(connection.string("ip")).contains("127.0.0.1");
            assertThat(connection.string("user_agent").orElseThrow())
                    .startsWith("Java-http-client");
            assertThat(connection.integer("last_seen")).isPresent();
        }
        User eve = server.register("eve");
        assertThat(server.get(eve, WHOIS + dan.id()).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(server.get(eve, WHOIS + "@nobody:example.org").refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(server.get(admin, WHOIS + "@nobody:example.org").refusal())
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void isACapabilityOfAdministratorsOnly() {
        User frank = server.register("frank");
        assertThat(capabilities(admin).object("m.account_moderation"))
                .contains(JsonObject.of("suspend", true, "lock", true));
        assertThat(capabilities(frank).has("m.account_moderation")).isFalse();
    }

    private static JsonObject capabilities(User user) {
        return server.get(user, "/_matrix/client/v3/capabilities")
                .ok()
                .object("capabilities")
                .orElseThrow();
    }
}
