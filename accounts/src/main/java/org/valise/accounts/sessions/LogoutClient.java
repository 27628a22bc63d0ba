package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Logs the calling device out. Spec: client-server API, POST /logout
public final class LogoutClient implements Endpoint {
    private final Sessions sessions;

    public LogoutClient(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/logout")
                .spec("logout")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ANY)
                .limit(RateLimit.WRITE)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        sessions.close(call.caller());
        return Reply.empty();
    }
}
