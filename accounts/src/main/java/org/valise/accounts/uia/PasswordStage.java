package org.valise.accounts.uia;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.Account;
import org.valise.accounts.users.Identifier;
import org.valise.accounts.users.PasswordLogins;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;

/// `m.login.password`: the caller's own password, or, without an access token, that of the user it
/// names.
public final class PasswordStage implements Stage {
    public static final String TYPE = "m.login.password";

    private final PasswordLogins logins;

    public PasswordStage(PasswordLogins logins) {
        this.logins = logins;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public StageForm form(boolean userKnown) {
        return new StageForm(
                "Confirm that it is you",
                "Your app wants to change something that needs your password.",
                List.of(),
                userKnown
                        ? List.of(StageForm.Field.PASSWORD)
                        : List.of(StageForm.Field.USER, StageForm.Field.PASSWORD),
                "Confirm");
    }

    /// SECURITY: whose session it is says the session, not the page.
    @Override
    public JsonObject submitted(JsonObject fields, @Nullable UserId user) {
        String named = user == null ? fields.string("user").orElse("") : user.value();
        return fields.with("identifier", JsonObject.of("type", "m.id.user", "user", named));
    }

    @Override
    public Verdict judge(JsonObject auth, @Nullable Caller caller, Call call) {
        Body body = Body.of(auth);
        Optional<UserId> named = Identifier.of(body, logins.server());
        UserId user = caller == null ? named.orElse(null) : caller.user();
        // SECURITY: somebody else's password proves nothing about whose session this is.
        if (caller != null && named.isPresent() && !named.get().equals(caller.user())) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "The session belongs to another user")
                    .status(403);
        }
        Optional<Account> account = logins.check(user, body.string("password"));
        return account.<Verdict>map(
                        known -> new Passed(JsonObject.of(Proof.USER, known.id().value())))
                .orElseGet(() -> new Failed(ErrorCode.M_FORBIDDEN, "Wrong user or password"));
    }
}
