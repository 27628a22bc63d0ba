package org.valise.devices.keys;

import org.valise.devices.changes.DeviceListStore;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;

import java.util.List;
import java.util.Optional;

/// Shows another server all devices of a local user. Spec: server-server API, `GET
/// /user/devices/{userId}`.
public final class UserDevicesFederation implements Endpoint {
    private final OwnDevices devices;
    private final DeviceListStore changes;
    private final ServerName server;

    public UserDevicesFederation(OwnDevices devices, DeviceListStore changes, ServerName server) {
        this.devices = devices;
        this.changes = changes;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/user/devices/{userId}")
                .spec("getUserDevices")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        UserId user = call.path("userId", UserId::parse);
        // "Must be a user local to the receiving homeserver."
        if (!user.server().equals(server)) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "userId is not of this server")
                    .status(400);
        }
        // Before the devices: what changes in between comes as an update after this one.
        long streamId = changes.newestDeviceChange(user);
        PublishedDevices published =
                Optional.ofNullable(devices.of(List.of(user)).get(user))
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_NOT_FOUND, "There is no such user"));
        return Reply.json(
                published
                        .crossSigning()
                        .with("user_id", user.value())
                        .with("stream_id", streamId)
                        .with(
                                "devices",
                                published.devices().values().stream()
                                        .map(PublishedDevice::json)
                                        .toList()));
    }
}
