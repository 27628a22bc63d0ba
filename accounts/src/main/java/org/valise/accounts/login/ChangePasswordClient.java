package org.valise.accounts.login;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.uia.Challenge;
import org.valise.accounts.uia.Flow;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.accounts.users.PasswordRules;
import org.valise.accounts.users.Users;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

import java.util.List;
import java.util.Optional;

/// Changes a password. Spec: client-server API, POST /account/password
public final class ChangePasswordClient implements Endpoint {
    private static final List<Flow> FLOWS = List.of(Flow.of(PasswordStage.TYPE));

    private final PasswordChange change;
    private final PasswordRules rules;
    private final Users users;
    private final Uia uia;

    public ChangePasswordClient(PasswordChange change, PasswordRules rules, Users users, Uia uia) {
        this.change = change;
        this.rules = rules;
        this.users = users;
        this.uia = uia;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/account/password")
                .spec("changePassword")
                .auth(Auth.OPTIONAL)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.ACCOUNT)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        Optional<String> password = body.optionalString("new_password");
        boolean logoutDevices = body.optionalBool("logout_devices").orElse(true);
        password.ifPresent(rules::check);
        @Nullable Caller caller = call.optionalCaller().orElse(null);
        return switch (uia.require(call, caller, "changePassword", FLOWS, body.json())) {
            case Challenge challenge -> challenge.reply();
            case Proof proof -> {
                long user =
                        caller == null
                                ? proof.user().flatMap(users::find).orElseThrow().number()
                                : caller.userNumber();
                change.change(
                        user,
                        body.string("new_password"),
                        logoutDevices,
                        caller == null ? null : caller.session(),
                        proof);
                yield Reply.empty();
            }
        };
    }
}
