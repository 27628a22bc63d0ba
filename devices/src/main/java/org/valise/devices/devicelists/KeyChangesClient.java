package org.valise.devices.devicelists;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.platform.stream.Stream;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.tokens.StreamToken;

import java.time.Duration;

/// Tells whose keys changed between two syncs. Spec: client-server API, `GET /keys/changes`.
public final class KeyChangesClient implements Endpoint {
    /// How long a token may be ahead of this node: another node has just given it.
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final DeviceLists lists;
    private final Stream stream;

    public KeyChangesClient(DeviceLists lists, Stream stream) {
        this.lists = lists;
        this.stream = stream;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/keys/changes")
                .spec("getKeysChanges")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS)
                .legacy();
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        long from = StreamToken.parse(call.requiredQuery("from")).position();
        long to = StreamToken.parse(call.requiredQuery("to")).position();
        if (!stream.await(Math.max(from, to), CATCH_UP)) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "The token is from the future");
        }
        DeviceListChanges changes = lists.between(call.caller().userNumber(), from, to);
        return Reply.json(
                JsonObject.of(
                        "changed",
                        JsonArray.of(changes.changed()),
                        "left",
                        JsonArray.of(changes.left())));
    }
}
