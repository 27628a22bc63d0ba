package org.valise.devices.keys;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
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
        Body body = call.body();
        @Nullable JsonObject deviceKeys =
                body.optionalObject("device_keys")
                        .map(keys -> KeyRules.deviceKeys(keys, caller.user(), caller.deviceId()))
                        .orElse(null);
        KeyUpload.Wanted wanted =
                new KeyUpload.Wanted(
                        deviceKeys,
                        KeyRules.oneTimeKeys(keys(body, "one_time_keys"), caller.user()),
                        KeyRules.fallbackKeys(keys(body, "fallback_keys"), caller.user()));
        KeySupply supply = uploads.upload(caller, wanted);
        return Reply.json(JsonObject.of("one_time_key_counts", supply.countsJson()));
    }

    private static JsonObject keys(Body body, String field) {
        return body.optionalObject(field).orElse(JsonObject.of());
    }
}
