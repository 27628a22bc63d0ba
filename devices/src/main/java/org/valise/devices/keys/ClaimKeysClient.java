package org.valise.devices.keys;

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
import org.valise.protocol.id.DeviceId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.LinkedHashMap;
import java.util.Map;

/// Gives one-time keys of devices to who wants to talk to them. Spec: client-server API, `POST
/// /keys/claim`.
public final class ClaimKeysClient implements Endpoint {
    private static final int MAX_DEVICES = 10_000;

    private final KeyClaims claims;
    private final ServerName server;

    public ClaimKeysClient(KeyClaims claims, ServerName server) {
        this.claims = claims;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/keys/claim")
                .spec("claimKeys")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        WantedKeys<Map<String, String>> wanted =
                WantedKeys.of(body.object("one_time_keys"), server, ClaimKeysClient::algorithms);
        int devices = wanted.local().values().stream().mapToInt(Map::size).sum();
        if (devices > MAX_DEVICES) {
            throw new MatrixException(
                            ErrorCode.M_TOO_LARGE, "At most " + MAX_DEVICES + " devices at once")
                    .status(400);
        }
        return Reply.json(claims.claim(wanted, WantedKeys.patience(body)));
    }

    /// Algorithms by device.
    private static Map<String, String> algorithms(String user, JsonValue value) {
        if (!(value instanceof JsonObject devices)) {
            throw bad(user);
        }
        Map<String, String> algorithms = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> device : devices.entries()) {
            if (DeviceId.tryParse(device.getKey()).isEmpty()
                    || !(device.getValue() instanceof JsonString algorithm)
                    || algorithm.value().indexOf('\0') >= 0) {
                throw bad(user);
            }
            algorithms.put(device.getKey(), algorithm.value());
        }
        return algorithms;
    }

    private static MatrixException bad(String user) {
        return new MatrixException(
                ErrorCode.M_BAD_JSON,
                "What is wanted of " + user + " must be algorithms by device id");
    }
}
