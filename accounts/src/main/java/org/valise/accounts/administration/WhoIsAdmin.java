package org.valise.accounts.administration;

import org.valise.accounts.sessions.Device;
import org.valise.accounts.sessions.Sessions;
import org.valise.accounts.users.Account;
import org.valise.accounts.users.Users;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// Says from where a user's devices were last used: to the user, and to administrators. Spec:
/// client-server API, GET /admin/whois/{userId}
public final class WhoIsAdmin implements Endpoint {
    private final Users users;
    private final Sessions sessions;

    public WhoIsAdmin(Users users, Sessions sessions) {
        this.users = users;
        this.sessions = sessions;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/admin/whois/{userId}")
                .spec("getWhoIs")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.ADMIN)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        UserId user = call.path("userId", UserId::parse);
        if (!user.equals(call.caller().user())) {
            call.caller().requireAdministrator();
        }
        Account account =
                users.find(user)
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_NOT_FOUND, "There is no such user"));
        sessions.flush();
        var devices = JsonObject.builder();
        for (Device device : sessions.devices(account.number())) {
            devices.put(
                    device.id(),
                    JsonObject.of(
                            "sessions", JsonArray.of(JsonObject.of("connections", seen(device)))));
        }
        return Reply.json(
                JsonObject.of("user_id", account.id().value(), "devices", devices.build()));
    }

    /// The last connection; none if the device was never used.
    private static JsonArray seen(Device device) {
        var at = device.lastSeenAt();
        return at == null
                ? JsonArray.of()
                : JsonArray.of(
                        JsonObject.builder()
                                .putIfPresent("ip", device.lastSeenIp())
                                .put("last_seen", at.toEpochMilli())
                                .putIfPresent("user_agent", device.lastSeenAgent())
                                .build());
    }
}
