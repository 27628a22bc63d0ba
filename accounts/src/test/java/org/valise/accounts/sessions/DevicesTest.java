package org.valise.accounts.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

class DevicesTest {
    private static final String DEVICES = "/_matrix/client/v3/devices";
    private static final String WHOAMI = "/_matrix/client/v3/account/whoami";
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server = AccountsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void listsTheCallersDevicesOnly() {
        User alice = server.register("lister");
        server.login("lister", "LAPTOP");
        server.register("other");
        var devices = server.get(alice, DEVICES).ok().array("devices").orElseThrow().objects();
        assertThat(devices)
                .extracting(device -> device.string("device_id").orElseThrow())
                .containsExactly(alice.device(), "LAPTOP");
    }

    @Test
    void showsAndRenamesADevice() {
        User alice = server.register("renamer");
        String path = DEVICES + "/" + alice.device();
        assertThat(server.put(alice, path, JsonObject.of("display_name", "Laptop")).ok().isEmpty())
                .isTrue();
        assertThat(server.get(alice, path).ok())
                .isEqualTo(JsonObject.of("device_id", alice.device(), "display_name", "Laptop"));
        // *If not given, the display name is unchanged.*
        assertThat(server.put(alice, path, JsonObject.of()).status()).isEqualTo(200);
        assertThat(server.get(alice, path).ok().string("display_name")).contains("Laptop");
    }

    @Test
    void knowsNoDevicesOfOthers() {
        User alice = server.register("nosy");
        User bob = server.register("quiet");
        String path = DEVICES + "/" + bob.device();
        assertThat(server.get(alice, path).refusal()).isEqualTo("404 M_NOT_FOUND");
        assertThat(server.put(alice, path, JsonObject.of("display_name", "x")).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(bob, path).ok().has("display_name")).isFalse();
    }

    @Test
    void refusesNamesThatAreNone() {
        User alice = server.register("badname");
        String path = DEVICES + "/" + alice.device();
        assertThat(server.put(alice, path, JsonObject.of("display_name", 3)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(
                        server.put(alice, path, JsonObject.of("display_name", "x".repeat(1_000)))
                                .refusal())
                .isEqualTo("400 M_TOO_LARGE");
        assertThat(server.put(alice, path, JsonObject.of("display_name", "a\u0000b")).status())
                .isEqualTo(200);
    }

    @Test
    void deletesADeviceOnlyWithThePasswordOfItsOwner() {
        User alice = server.register("deleter");
        User phone = server.login("deleter", "PHONE");
        User bob = server.register("intruder");
        String path = DEVICES + "/PHONE";

        Answer asked = server.delete(alice, path, null);
        assertThat(asked.status()).isEqualTo(401);
        assertThat(asked.json().has("errcode")).isFalse();
        assertThat(asked.json().array("flows"))
                .contains(JsonArray.of(JsonObject.of("stages", JsonArray.of("m.login.password"))));
        String session = asked.json().string("session").orElseThrow();

        assertThat(delete(alice, path, alice.auth("wrong password"), session).refusal())
                .isEqualTo("401 M_FORBIDDEN");
        assertThat(delete(alice, path, bob.auth(), session).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(server.get(phone, WHOAMI).status()).isEqualTo(200);

        assertThat(delete(alice, path, alice.auth(), session).status()).isEqualTo(200);
        assertThat(server.get(phone, WHOAMI).refusal()).isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(server.get(alice, path).refusal()).isEqualTo("404 M_NOT_FOUND");
        // *The device was successfully removed, or had been removed previously.*
        assertThat(server.delete(alice, path, JsonObject.of("auth", alice.auth())).status())
                .isEqualTo(200);
    }

    private static Answer delete(User user, String path, JsonObject auth, String session) {
        return server.delete(user, path, JsonObject.of("auth", auth.with("session", session)));
    }

    @Test
    void deletesSeveralAtOnce() {
        User alice = server.register("sweeper");
        User one = server.login("sweeper", "ONE");
        User two = server.login("sweeper", "TWO");
        String path = "/_matrix/client/v3/delete_devices";
        assertThat(server.post(alice, path, JsonObject.of()).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.post(alice, path, JsonObject.of("devices", JsonArray.of(1))).refusal())
                .isEqualTo("400 M_BAD_JSON");
        JsonObject both = JsonObject.of("devices", JsonArray.of("ONE", "TWO", "THREE"));
        assertThat(server.post(alice, path, both).status()).isEqualTo(401);
        assertThat(server.post(alice, path, both.with("auth", alice.auth())).status())
                .isEqualTo(200);
        assertThat(server.get(one, WHOAMI).status()).isEqualTo(401);
        assertThat(server.get(two, WHOAMI).status()).isEqualTo(401);
        assertThat(server.get(alice, WHOAMI).status()).isEqualTo(200);
    }

    @Test
    void logsOutOneOrAll() {
        User one = server.register("leaver");
        User two = server.login("leaver", "TWO");
        User three = server.login("leaver", "THREE");
        assertThat(server.post(two, "/_matrix/client/v3/logout", JsonObject.of()).status())
                .isEqualTo(200);
        assertThat(server.post(two, "/_matrix/client/v3/logout", JsonObject.of()).refusal())
                .isEqualTo("401 M_UNKNOWN_TOKEN");
        assertThat(server.send("POST", null, "/_matrix/client/v3/logout", null).refusal())
                .isEqualTo("401 M_MISSING_TOKEN");
        assertThat(server.get(one, DEVICES + "/TWO").status()).isEqualTo(404);
        assertThat(server.send("POST", three, "/_matrix/client/v3/logout/all", null).status())
                .isEqualTo(200);
        assertThat(server.get(one, WHOAMI).status()).isEqualTo(401);
        assertThat(server.get(three, WHOAMI).status()).isEqualTo(401);
    }
}
