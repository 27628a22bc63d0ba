package org.valise.accounts.login;

import org.valise.accounts.sessions.OpenedSession;
import org.valise.accounts.sessions.SessionFields;
import org.valise.accounts.sessions.Sessions;
import org.valise.accounts.users.Account;
import org.valise.accounts.users.Identifier;
import org.valise.accounts.users.PasswordLogins;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// Logs in. Spec: client-server API, POST /login
public final class LoginClient implements Endpoint {
    static final String PASSWORD = "m.login.password";

    private final PasswordLogins logins;
    private final Sessions sessions;
    private final Optional<JsonObject> wellKnown;

    /// @param wellKnown what `.well-known/matrix/client` says, if it says anything
    public LoginClient(PasswordLogins logins, Sessions sessions, Optional<JsonObject> wellKnown) {
        this.logins = logins;
        this.sessions = sessions;
        this.wellKnown = wellKnown;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/login")
                .spec("login")
                .auth(Auth.NONE)
                .limit(RateLimit.LOGIN)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        String type = body.string("type");
        if (!type.equals(PASSWORD)) {
            throw new MatrixException(ErrorCode.M_UNKNOWN, "Unknown login type").status(400);
        }
        if (!Identifier.isGiven(body)) {
            throw new MatrixException(ErrorCode.M_MISSING_PARAM, "Missing field: identifier")
                    .status(400);
        }
        SessionFields fields = SessionFields.of(body);
        Optional<UserId> user = Identifier.of(body, logins.server());
        Account account =
                logins.check(user.orElse(null), body.string("password"))
                        .orElseThrow(() ->
                                new MatrixException(ErrorCode.M_FORBIDDEN, "Wrong user or password")
                                        .status(403));
        OpenedSession opened =
                sessions.open(account.number(), fields.device(), fields.displayName());
        JsonObject reply = SessionFields.reply(account.id(), Optional.of(opened));
        return Reply.json(wellKnown.map(known -> reply.with("well_known", known)).orElse(reply));
    }
}
