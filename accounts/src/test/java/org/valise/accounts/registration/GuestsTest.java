package org.valise.accounts.registration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.AccountsServer.Answer;
import org.valise.accounts.AccountsServer.User;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

class GuestsTest {
    private static final String REGISTER = "/_matrix/client/v3/register";
    private static final String WHOAMI = "/_matrix/client/v3/account/whoami";
    private static AccountsServer server;

    @BeforeAll
    static void start() {
        server =
                AccountsServer.start(options ->
                        options.withConfig(config ->
                                config.withRegistration(RegistrationConfig.OPEN.withGuests())));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static User guest(JsonObject body) {
        JsonObject answer = server.post(null, REGISTER + "?kind=guest", body).ok();
        return new User(
                answer.string("user_id").orElseThrow(),
                answer.string("access_token").orElseThrow(),
                answer.string("device_id").orElseThrow());
    }

    private static JsonObject upgrade(User guest) {
        return JsonObject.of(
                "guest_access_token",
                guest.token(),
                "username",
                UserId.parse(guest.id()).localpart(),
                "password",
                AccountsServer.PASSWORD,
                "auth",
                JsonObject.of("type", "m.login.dummy"));
    }

    @Test
    void areNamedByTheServerWhateverTheySay() {
        User guest =
                guest(
                        JsonObject.of(
                                "username",
                                "wanted",
                                "password",
                                AccountsServer.PASSWORD,
                                "device_id",
                                "MINE",
                                "refresh_token",
                                true,
                                "initial_device_display_name",
                                "A browser"));
        assertThat(guest.id()).doesNotContain("wanted");
        assertThat(guest.device()).isNotEqualTo("MINE");
        assertThat(server.get(guest, WHOAMI).ok().bool("is_guest")).contains(true);
        assertThat(
                        server.get(guest, "/_matrix/client/v3/devices/" + guest.device())
                                .ok()
                                .string("display_name"))
                .contains("A browser");
        assertThat(server.get(null, REGISTER + "/available?username=wanted").status())
                .isEqualTo(200);
    }

    @Test
    void mayNotDoWhatIsNotListed() {
        User guest = guest(JsonObject.of());
        for (String path :
                new String[] {
                    "/_matrix/client/v3/account/3pid",
                    "/_matrix/client/v3/user/" + guest.id() + "/account_data/org.example",
                    "/_matrix/client/v3/admin/whois/" + guest.id()
                }) {
            assertThat(server.get(guest, path).refusal()).isEqualTo("403 M_GUEST_ACCESS_FORBIDDEN");
        }
        for (String path :
                new String[] {
                    "/_matrix/client/v1/login/get_token",
                    "/_matrix/client/v3/account/password",
                    "/_matrix/client/v3/account/deactivate",
                    "/_matrix/client/v3/delete_devices"
                }) {
            assertThat(server.post(guest, path, JsonObject.of()).refusal())
                    .isEqualTo("403 M_GUEST_ACCESS_FORBIDDEN");
        }
    }

    @Test
    void haveADisplayNameAndNoOtherField() {
        User guest = guest(JsonObject.of());
        String profile = "/_matrix/client/v3/profile/" + guest.id() + "/";
        server.put(guest, profile + "displayname", JsonObject.of("displayname", "G")).ok();
        assertThat(
                        server.put(
                                        guest,
                                        profile + "avatar_url",
                                        JsonObject.of("avatar_url", "mxc://a/b"))
                                .refusal())
                .isEqualTo("403 M_GUEST_ACCESS_FORBIDDEN");
        assertThat(server.delete(guest, profile + "avatar_url", null).refusal())
                .isEqualTo("403 M_GUEST_ACCESS_FORBIDDEN");
        server.delete(guest, profile + "displayname", null).ok();
        JsonObject capabilities =
                server.get(guest, "/_matrix/client/v3/capabilities")
                        .ok()
                        .object("capabilities")
                        .orElseThrow();
        assertThat(capabilities.object("m.profile_fields").orElseThrow().toString())
                .isEqualTo("{\"enabled\":true,\"allowed\":[\"displayname\"]}");
        assertThat(capabilities.object("m.change_password"))
                .contains(JsonObject.of("enabled", false));
    }

    @Test
    void becomeUsersAndKeepTheirNameAndDevice() {
        User guest = guest(JsonObject.of());
        JsonObject answer = server.post(null, REGISTER, upgrade(guest)).ok();
        assertThat(answer.string("user_id")).contains(guest.id());
        User user =
                new User(
                        guest.id(),
                        answer.string("access_token").orElseThrow(),
                        answer.string("device_id").orElseThrow());
        for (User session : new User[] {user, guest}) {
            assertThat(server.get(session, WHOAMI).ok().bool("is_guest")).contains(false);
        }
        server.login(guest.id(), null);
        assertThat(server.post(null, REGISTER, upgrade(guest)).refusal())
                .isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void areUpgradedOnlyByTheirOwnTokenAndName() {
        User guest = guest(JsonObject.of());
        User user = server.register("nobodysguest");
        JsonObject fine = upgrade(guest);
        assertThat(refusal(fine.without("username"))).isEqualTo("400 M_MISSING_PARAM");
        assertThat(refusal(fine.with("username", "another"))).isEqualTo("400 M_INVALID_USERNAME");
        assertThat(refusal(fine.with("guest_access_token", user.token())))
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(refusal(fine.with("guest_access_token", "nobody's")))
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(refusal(fine.without("guest_access_token"))).isEqualTo("400 M_USER_IN_USE");
        assertThat(server.post(null, REGISTER, fine.without("auth")).status()).isEqualTo(401);
        assertThat(server.get(guest, WHOAMI).ok().bool("is_guest")).contains(true);
    }

    private static String refusal(JsonObject body) {
        Answer answer = server.post(null, REGISTER, body);
        return answer.refusal();
    }

    @Test
    void cannotLogInWithAPassword() {
        User guest = guest(JsonObject.of());
        assertThat(
                        server.post(
                                        null,
                                        "/_matrix/client/v3/login",
                                        JsonObject.of(
                                                "type",
                                                "m.login.password",
                                                "user",
                                                guest.id(),
                                                "password",
                                                ""))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
    }
}
