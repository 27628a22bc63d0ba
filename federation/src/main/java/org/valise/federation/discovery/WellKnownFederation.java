package org.valise.federation.discovery;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// Where other servers find this one, if not at its own name.
public final class WellKnownFederation implements Endpoint {
    private final Optional<JsonObject> answer;

    public WellKnownFederation(Optional<ServerName> delegatedTo) {
        this.answer = delegatedTo.map(server -> JsonObject.of("m.server", server.value()));
    }

    @Override
    public Route route() {
        return Route.get("/.well-known/matrix/server")
                .spec("getWellKnown")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(
                answer.orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_NOT_FOUND, "This server delegates to no other name")));
    }
}
