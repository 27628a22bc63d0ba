package org.valise.accounts.registration;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.uia.Challenge;
import org.valise.accounts.uia.Flow;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
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
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;

/// Closes an account for good. Spec: client-server API, POST /account/deactivate
public final class DeactivateAccountClient implements Endpoint {
    private static final List<Flow> FLOWS = List.of(Flow.of(PasswordStage.TYPE));

    private final Deactivation deactivation;
    private final Users users;
    private final Uia uia;

    public DeactivateAccountClient(Deactivation deactivation, Users users, Uia uia) {
        this.deactivation = deactivation;
        this.users = users;
        this.uia = uia;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/account/deactivate")
                .spec("deactivateAccount")
                .auth(Auth.OPTIONAL)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.ACCOUNT)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        boolean erase = body.optionalBool("erase").orElse(false);
        body.optionalString("id_server");
        @Nullable Caller caller = call.optionalCaller().orElse(null);
        return switch (uia.require(call, caller, "deactivateAccount", FLOWS, body.json())) {
            case Challenge challenge -> challenge.reply();
            case Proof proof -> {
                Optional<Long> user =
                        caller == null
                                ? proof.user().flatMap(users::find).map(account -> account.number())
                                : Optional.of(caller.userNumber());
                deactivation.deactivate(user.orElseThrow(), erase, proof);
                // *Must be `success` if the homeserver has no identifiers to unbind for the user*:
                // it has none yet.
                yield Reply.json(JsonObject.of("id_server_unbind_result", "success"));
            }
        };
    }
}
