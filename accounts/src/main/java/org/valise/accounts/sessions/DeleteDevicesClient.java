package org.valise.accounts.sessions;

import org.valise.accounts.uia.Challenge;
import org.valise.accounts.uia.Flow;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
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
    private static final List<Flow> FLOWS = List.of(Flow.of(PasswordStage.TYPE));
    private static final int MOST = 1_000;

    private final Sessions sessions;
    private final Uia uia;

    public DeleteDevicesClient(Sessions sessions, Uia uia) {
        this.sessions = sessions;
        this.uia = uia;
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
        Caller caller = call.caller();
        Body body = call.body();
        List<String> devices = body.strings("devices");
        if (devices.size() > MOST) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "At most " + MOST + " devices at once")
                    .status(400);
        }
        devices.forEach(DevicePath::check);
        return switch (uia.require(call, caller, "deleteDevices", FLOWS, body.json())) {
            case Challenge challenge -> challenge.reply();
            case Proof proof -> {
                uia.spend(proof);
                sessions.close(caller.userNumber(), devices);
                yield Reply.empty();
            }
        };
    }
}
