package org.valise.accounts.thirdparty;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.util.regex.Pattern;

/// A request to validate an address, on a server that sends neither mail nor text messages. Spec:
/// client-server API, POST …/requestToken
final class RefusedValidationClient implements Endpoint {
    private static final Pattern CLIENT_SECRET = Pattern.compile("[0-9a-zA-Z.=_-]{1,255}");

    private final String path;
    private final String operation;
    private final ErrorCode refusal;

    RefusedValidationClient(String path, String operation, ErrorCode refusal) {
        this.path = path;
        this.operation = operation;
        this.refusal = refusal;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/" + path + "/requestToken")
                .spec(operation)
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        if (!CLIENT_SECRET.matcher(body.string("client_secret")).matches()) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Not a client_secret").status(400);
        }
        body.integer("send_attempt");
        if (path.endsWith("/email")) {
            body.string("email");
            throw new MatrixException(refusal, "This server sends no mail");
        }
        body.string("country");
        body.string("phone_number");
        throw new MatrixException(refusal, "This server sends no text messages");
    }
}
