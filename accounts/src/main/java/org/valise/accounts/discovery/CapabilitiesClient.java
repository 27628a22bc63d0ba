package org.valise.accounts.discovery;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

/// Says what the caller may do here. Spec: client-server API, GET /capabilities
public final class CapabilitiesClient implements Endpoint {
    private static final JsonObject ENABLED = JsonObject.of("enabled", true);
    private static final JsonObject DISABLED = JsonObject.of("enabled", false);

    private final JsonObject users;
    private final JsonObject administrators;

    /// They have a display name and no more.
    private final JsonObject guests;

    public CapabilitiesClient(RoomVersion defaultRoomVersion) {
        users =
                JsonObject.builder()
                        .put("m.change_password", ENABLED)
                        .put("m.room_versions", roomVersions(defaultRoomVersion))
                        .put("m.profile_fields", ENABLED)
                        .put("m.set_displayname", ENABLED)
                        .put("m.set_avatar_url", ENABLED)
                        .put("m.3pid_changes", DISABLED)
                        .put("m.get_login_token", ENABLED)
                        .put("m.forget_forced_upon_leave", DISABLED)
                        .build();
        administrators =
                users.with("m.account_moderation", JsonObject.of("suspend", true, "lock", true));
        guests =
                users.with("m.change_password", DISABLED)
                        .with(
                                "m.profile_fields",
                                ENABLED.with("allowed", JsonArray.of("displayname")))
                        .with("m.set_avatar_url", DISABLED)
                        .with("m.get_login_token", DISABLED);
    }

    private static JsonObject roomVersions(RoomVersion byDefault) {
        var available = JsonObject.builder();
        for (RoomVersion version : RoomVersion.values()) {
            available.put(version.id(), "stable");
        }
        return JsonObject.of("default", byDefault.id(), "available", available.build());
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/capabilities")
                .spec("getCapabilities")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        JsonObject own = caller.guest() ? guests : caller.admin() ? administrators : users;
        return Reply.json(JsonObject.of("capabilities", own));
    }
}
