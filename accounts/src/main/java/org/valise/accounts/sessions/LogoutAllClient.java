package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Logs all devices of the caller out. Spec: client-server API, POST /logout/all
public final class LogoutAllClient implements Endpoint {
    private final Sessions sessions;

    public LogoutAllClient(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/logout/all")
                .spec("logout_all")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ANY)
                .limit(RateLimit.WRITE)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        sessions.closeAll(call.caller().userNumber());
        return Reply.empty();
    }
}
