package org.valise.accounts.registration;

import org.valise.accounts.sessions.OpenedSession;
import org.valise.accounts.sessions.SessionFields;
import org.valise.accounts.sessions.Sessions;
import org.valise.accounts.uia.Challenge;
import org.valise.accounts.uia.DummyStage;
import org.valise.accounts.uia.Flow;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
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

import java.util.List;
import java.util.Optional;

/// Registers an account. Spec: client-server API, POST /register
public final class RegisterClient implements Endpoint {
    private final Registration registration;
    private final Sessions sessions;
    private final Uia uia;
    private final List<Flow> flows;

    /// @param open whether anybody may register, without a token
    public RegisterClient(Registration registration, Sessions sessions, Uia uia, boolean open) {
        this.registration = registration;
        this.sessions = sessions;
        this.uia = uia;
        Flow withToken = Flow.of(RegistrationTokenStage.TYPE);
        this.flows = open ? List.of(Flow.of(DummyStage.TYPE), withToken) : List.of(withToken);
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/register")
                .spec("register")
                .auth(Auth.NONE)
                .limit(RateLimit.REGISTER)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        refuseOtherKinds(call.query("kind").orElse("user"));
        Body body = call.body();
        Optional<String> username = body.optionalString("username");
        Optional<String> password = body.optionalString("password");
        SessionFields session = SessionFields.of(body);
        boolean inhibitLogin = body.optionalBool("inhibit_login").orElse(false);
        // *Homeservers MUST perform the relevant checks and return these codes before performing
        // User-Interactive Authentication*
        Optional<UserId> wanted = username.map(registration::available);
        password.ifPresent(registration::checkPassword);

        return switch (uia.require(call, null, "register", flows, body.json())) {
            case Challenge challenge -> challenge.reply();
            case Proof proof ->
                    register(
                            wanted.orElseGet(registration::generated),
                            body.string("password"),
                            proof,
                            session,
                            inhibitLogin);
        };
    }

    private Reply register(
            UserId user,
            String password,
            Proof proof,
            SessionFields session,
            boolean inhibitLogin) {
        Optional<OpenedSession> opened =
                registration.register(
                        user,
                        password,
                        RegistrationTokenStage.tokenHash(proof).orElse(null),
                        (tx, number) -> {
                            uia.spend(tx, proof);
                            return inhibitLogin
                                    ? Optional.empty()
                                    : sessions.openOnNewDevice(
                                            tx, number, session.device(), session.displayName());
                        });
        return Reply.json(SessionFields.reply(user, opened));
    }

    private static void refuseOtherKinds(String kind) {
        switch (kind) {
            case "user" -> {}
            case "guest" ->
                    throw new MatrixException(
                                    ErrorCode.M_GUEST_ACCESS_FORBIDDEN,
                                    "This server has no guest accounts")
                            .status(403);
            default ->
                    throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Unknown kind of account")
                            .status(400);
        }
    }
}
