package org.valise.accounts.login;

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

/// Makes a token with which another device is logged in. *Servers MUST always re-prompt the user
/// for verification.* Spec: client-server API, POST /login/get_token
public final class GenerateLoginTokenClient implements Endpoint {
    private static final List<Flow> FLOWS = List.of(Flow.of(PasswordStage.TYPE));

    private final LoginTokens tokens;
    private final Uia uia;

    public GenerateLoginTokenClient(LoginTokens tokens, Uia uia) {
        this.tokens = tokens;
        this.uia = uia;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v1/login/get_token")
                .spec("generateLoginToken")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.LOGIN_TOKEN);
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        JsonObject body = call.jsonBodyOrEmpty();
        return switch (uia.require(call, caller, "generateLoginToken", FLOWS, body)) {
            case Challenge challenge -> challenge.reply();
            case Proof proof ->
                    Reply.json(
                            JsonObject.of(
                                    "login_token",
                                    tokens.create(caller.session(), proof).value(),
                                    "expires_in_ms",
                                    LoginTokens.LIFETIME.toMillis()));
        };
    }
}
