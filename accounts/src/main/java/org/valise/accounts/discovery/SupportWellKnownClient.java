package org.valise.accounts.discovery;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// Says whom to turn to. Spec: client-server API, GET /.well-known/matrix/support
public final class SupportWellKnownClient implements Endpoint {
    private final Optional<JsonObject> content;

    /// @param content what the operator has configured, if anything
    public SupportWellKnownClient(Optional<JsonObject> content) {
        this.content = content;
    }

    @Override
    public Route route() {
        return Route.get("/.well-known/matrix/support")
                .spec("getWellknownSupport")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        return content.map(Reply::json)
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_NOT_FOUND,
                                "This server has no support information to give"));
    }
}
