package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What guests may call. Spec: client-server API, "Guest Access".
class GuestRoutesTest {
    private static final TestServer SERVER =
            TestServer.start(Map.of("registration.guests", "true"));

    /// *The following API endpoints are allowed to be accessed by guest accounts.*
    private static final Set<String> LISTED =
            Set.of(
                    "getRoomState",
                    "getEventContext",
                    "getOneRoomEvent",
                    "getRoomStateWithKey",
                    "getRoomEvents",
                    "getMembersByRoom",
                    "roomInitialSync",
                    "sync",
                    "peekEvents",
                    "getContentAuthed",
                    "getContentOverrideNameAuthed",
                    "getContentThumbnailAuthed",
                    "joinRoomById",
                    "leaveRoom",
                    "sendMessage",
                    "setRoomStateWithKey",
                    "sendToDevice",
                    "setProfileField",
                    "deleteProfileField",
                    "getDevices",
                    "getDevice",
                    "updateDevice",
                    "getTokenOwner",
                    "uploadKeys",
                    "queryKeys",
                    "claimKeys");

    /// What clients cannot do without, or what anybody may call without a token. `getEvents` shares
    /// its route with `peekEvents`.
    private static final Set<String> BESIDES =
            Set.of(
                    "getEvents",
                    "getRoomSummary",
                    "joinRoom",
                    "getVersions",
                    "getCapabilities",
                    "getUserProfile",
                    "getProfileField",
                    "defineFilter",
                    "getFilter",
                    "logout",
                    "logout_all");

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void whatIsListedIsAllowedAndLittleElse() {
        List<Route> withToken =
                SERVER.routes().stream()
                        .filter(route ->
                                route.auth() == Auth.ACCESS_TOKEN || route.auth() == Auth.OPTIONAL)
                        .toList();
        assertThat(withToken.stream().filter(route -> !route.allowsGuests()).map(Route::operation))
                .as("listed by the specification, yet refused")
                .doesNotContainAnyElementsOf(LISTED);
        assertThat(
                        withToken.stream()
                                .filter(Route::allowsGuests)
                                .map(Route::operation)
                                .filter(operation -> !LISTED.contains(operation)))
                .as("allowed, yet not listed by the specification")
                .isSubsetOf(BESIDES);
    }

    @Test
    void theConfigurationLetsThemIn() {
        TestClient alice = TestClient.register(SERVER, "alice");
        var answer = alice.send("POST", "/_matrix/client/v3/register?kind=guest", JsonObject.of());
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().has("access_token")).isTrue();
    }
}
