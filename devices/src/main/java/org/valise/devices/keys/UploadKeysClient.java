package org.valise.devices.keys;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonObject;

/// Publishes keys of the caller's device. Spec: client-server API, `POST /keys/upload`.
public final class UploadKeysClient implements Endpoint {
    private final KeyUpload uploads;

    public UploadKeysClient(KeyUpload uploads) {
        this.uploads = uploads;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/keys/upload")
                .spec("uploadKeys")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        KeyUpload.Wanted wanted =
                KeyUpload.Wanted.read(call.body(), caller.user(), caller.deviceId());
        KeySupply supply = uploads.upload(caller, wanted);
        return Reply.json(JsonObject.of("one_time_key_counts", supply.countsJson()));
    }
}
