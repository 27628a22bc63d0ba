package org.valise.accounts.sessions;

import org.valise.accounts.uia.Challenge;
import org.valise.accounts.uia.Flow;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// Deletes a device of the caller and logs it out. Spec: client-server API, DELETE
/// /devices/{deviceId}
public final class DeleteDeviceClient implements Endpoint {
    private static final List<Flow> FLOWS = List.of(Flow.of(PasswordStage.TYPE));

    private final Sessions sessions;
    private final Uia uia;

    public DeleteDeviceClient(Sessions sessions, Uia uia) {
        this.sessions = sessions;
        this.uia = uia;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/devices/{deviceId}")
                .spec("deleteDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        String device = DevicePath.device(call);
        Caller caller = call.caller();
        String operation = "deleteDevice " + device;
        // Some clients send no body at first.
        JsonObject body = call.jsonBodyOrEmpty();
        return switch (uia.require(call, caller, operation, FLOWS, body)) {
            case Challenge challenge -> challenge.reply();
            case Proof proof -> {
                uia.spend(proof);
                sessions.close(caller.userNumber(), List.of(device));
                yield Reply.empty();
            }
        };
    }
}
