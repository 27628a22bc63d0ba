package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.util.List;

/// Deletes devices of the caller and logs them out. Spec: client-server API, POST /delete_devices
public final class DeleteDevicesClient implements Endpoint {
    private static final int MOST = 1_000;

    private final DeviceDeletion deletion;

    public DeleteDevicesClient(DeviceDeletion deletion) {
        this.deletion = deletion;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/delete_devices")
                .spec("deleteDevices")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        List<String> devices = body.strings("devices");
        if (devices.size() > MOST) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "At most " + MOST + " devices at once")
                    .status(400);
        }
        devices.forEach(DevicePath::check);
        return deletion.delete(call, "deleteDevices", devices, body.json());
    }
}
