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
    static final String TOKEN = "m.login.token";

    private final PasswordLogins logins;
    private final LoginTokens tokens;
    private final Sessions sessions;
    private final Optional<JsonObject> wellKnown;

    /// @param wellKnown what `.well-known/matrix/client` says, if it says anything
    public LoginClient(
            PasswordLogins logins,
            LoginTokens tokens,
            Sessions sessions,
            Optional<JsonObject> wellKnown) {
        this.logins = logins;
        this.tokens = tokens;
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
        SessionFields fields = SessionFields.of(body);
        Account account =
                switch (body.string("type")) {
                    case PASSWORD -> withPassword(body);
                    case TOKEN -> withToken(body);
                    default ->
                            throw new MatrixException(ErrorCode.M_UNKNOWN, "Unknown login type")
                                    .status(400);
                };
        OpenedSession opened = sessions.open(account.number(), fields);
        JsonObject reply = SessionFields.reply(account.id(), Optional.of(opened));
        return Reply.json(wellKnown.map(known -> reply.with("well_known", known)).orElse(reply));
    }

    private Account withPassword(Body body) {
        if (!Identifier.isGiven(body)) {
            throw new MatrixException(ErrorCode.M_MISSING_PARAM, "Missing field: identifier")
                    .status(400);
        }
        Optional<UserId> user = Identifier.of(body, logins.server());
        return logins.check(user.orElse(null), body.string("password"))
                .orElseThrow(() -> refused("Wrong user or password"));
    }

    /// *In the case that the token is not valid, the homeserver must respond with `403 Forbidden`
    /// and an error code of `M_FORBIDDEN`.*
    private Account withToken(Body body) {
        return tokens.use(body.string("token"))
                .orElseThrow(() -> refused("This login token is not, or no longer, valid"));
    }

    private static MatrixException refused(String why) {
        return new MatrixException(ErrorCode.M_FORBIDDEN, why).status(403);
    }
}
