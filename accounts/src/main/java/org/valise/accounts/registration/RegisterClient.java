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
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Registers an account. Spec: client-server API, POST /register, "Guest Access"
public final class RegisterClient implements Endpoint {
    private final Registration registration;
    private final Sessions sessions;
    private final Uia uia;
    private final boolean guests;
    private final List<Flow> flows;

    public RegisterClient(
            Registration registration, Sessions sessions, Uia uia, RegistrationConfig config) {
        this.registration = registration;
        this.sessions = sessions;
        this.uia = uia;
        this.guests = config.guests();
        this.flows = flows(config);
    }

    /// A token is always good, if somebody has one.
    private static List<Flow> flows(RegistrationConfig config) {
        var flows = new ArrayList<Flow>();
        if (config.terms().isEmpty()) {
            if (config.open()) {
                flows.add(Flow.of(DummyStage.TYPE));
            }
            flows.add(Flow.of(RegistrationTokenStage.TYPE));
        } else {
            if (config.open()) {
                flows.add(Flow.of(TermsStage.TYPE));
            }
            flows.add(Flow.of(RegistrationTokenStage.TYPE, TermsStage.TYPE));
        }
        return List.copyOf(flows);
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
        String kind = call.query("kind").orElse("user");
        return switch (kind) {
            case "user" -> registerUser(call);
            case "guest" -> registerGuest(call);
            default ->
                    throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Unknown kind of account")
                            .status(400);
        };
    }

    private Reply registerUser(Call call) {
        Body body = call.body();
        Optional<String> username = body.optionalString("username");
        Optional<String> password = body.optionalString("password");
        SessionFields session = SessionFields.of(body);
        boolean inhibitLogin = body.optionalBool("inhibit_login").orElse(false);
        // *Homeservers MUST perform the relevant checks and return these codes before performing
        // User-Interactive Authentication*
        Optional<Caller> guest = body.optionalString("guest_access_token").map(this::guest);
        Optional<UserId> wanted =
                guest.isPresent()
                        ? Optional.of(ownName(guest.get(), username))
                        : username.map(registration::available);
        password.ifPresent(registration::checkPassword);

        return switch (uia.require(call, null, "register", flows, body.json())) {
            case Challenge challenge -> challenge.reply();
            case Proof proof -> {
                String chosen = body.string("password");
                UserId user = wanted.orElseGet(registration::generated);
                Optional<OpenedSession> opened =
                        guest.isPresent()
                                ? upgrade(guest.get(), chosen, proof, session, inhibitLogin)
                                : register(user, chosen, proof, session, inhibitLogin);
                yield Reply.json(SessionFields.reply(user, opened));
            }
        };
    }

    private Optional<OpenedSession> register(
            UserId user,
            String password,
            Proof proof,
            SessionFields session,
            boolean inhibitLogin) {
        return registration.register(
                user,
                password,
                proof,
                (tx, number) ->
                        inhibitLogin
                                ? Optional.empty()
                                : sessions.openOnNewDevice(tx, number, session));
    }

    /// The guest's devices stay logged in: they are the user's now.
    private Optional<OpenedSession> upgrade(
            Caller guest,
            String password,
            Proof proof,
            SessionFields session,
            boolean inhibitLogin) {
        registration.upgrade(guest.userNumber(), password, proof);
        return inhibitLogin
                ? Optional.empty()
                : Optional.of(sessions.open(guest.userNumber(), session));
    }

    /// Whose account is to be upgraded.
    private Caller guest(String accessToken) {
        try {
            Caller caller = sessions.authenticate(accessToken);
            if (caller.guest()) {
                return caller;
            }
        } catch (MatrixException _) {
            // A 401 would read as a step of the authentication.
        }
        throw new MatrixException(ErrorCode.M_FORBIDDEN, "guest_access_token is no guest's token")
                .status(403);
    }

    /// *They are also required to specify the `username` parameter to the value of the local part
    /// of their username.*
    private static UserId ownName(Caller guest, Optional<String> username) {
        String given =
                username.orElseThrow(() ->
                                new MatrixException(
                                                ErrorCode.M_MISSING_PARAM,
                                                "Missing field: username")
                                        .status(400))
                        .toLowerCase(Locale.ROOT);
        if (!given.equals(guest.user().localpart())) {
            throw new MatrixException(
                            ErrorCode.M_INVALID_USERNAME, "A guest's username stays what it is")
                    .status(400);
        }
        return guest.user();
    }

    private Reply registerGuest(Call call) {
        if (!guests) {
            throw new MatrixException(
                            ErrorCode.M_GUEST_ACCESS_FORBIDDEN, "This server has no guest accounts")
                    .status(403);
        }
        SessionFields session = SessionFields.ofGuest(call.bodyOrEmpty());
        UserId user = registration.generated();
        Optional<OpenedSession> opened =
                registration.registerGuest(
                        user, (tx, number) -> sessions.openOnNewDevice(tx, number, session));
        return Reply.json(SessionFields.reply(user, opened));
    }
}
