package org.valise.rooms.directory;

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
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// Searches the directory. Spec: client-server API, `POST /publicRooms`.
public final class QueryPublicRoomsClient implements Endpoint {
    private final PublicRoomList list;

    QueryPublicRoomsClient(PublicRoomList list) {
        this.list = list;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/publicRooms")
                .spec("queryPublicRooms")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        list.mustBeOurs(call);
        Body body = call.bodyOrEmpty();
        DirectorySearch search =
                body.optionalObject("filter")
                        .map(filter -> DirectorySearch.read(Body.of(filter)))
                        .orElse(DirectorySearch.ALL);
        boolean allNetworks = body.optionalBool("include_all_networks").orElse(false);
        Optional<String> network = body.optionalString("third_party_instance_id");
        if (network.isPresent() && allNetworks) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM,
                    "third_party_instance_id and include_all_networks exclude each other");
        }
        if (network.isPresent()) {
            return Reply.json(JsonObject.of("chunk", JsonArray.of()));
        }
        return Reply.json(
                list.page(
                        search,
                        body.optionalString("since").orElse(null),
                        body.optionalInteger("limit").orElse(null)));
    }
}
