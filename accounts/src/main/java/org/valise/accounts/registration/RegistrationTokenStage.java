package org.valise.accounts.registration;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Stage;
import org.valise.accounts.uia.StageForm;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.json.JsonObject;

import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// `m.login.registration_token`. The use is counted when the account is made.
public final class RegistrationTokenStage implements Stage {
    static final String TYPE = "m.login.registration_token";
    private static final String HASH = "registration_token";

    private final RegistrationTokens tokens;

    public RegistrationTokenStage(RegistrationTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public StageForm form(boolean userKnown) {
        return new StageForm(
                "Registration token",
                "An account on this server needs a token, which you have from whoever runs it.",
                List.of(),
                List.of(new StageForm.Field("token", "Token", false, "off")),
                "Go on");
    }

    @Override
    public Verdict judge(JsonObject auth, @Nullable Caller caller, Call call) {
        String token = Body.of(auth).string("token");
        return tokens.isValid(token)
                ? new Passed(
                        JsonObject.of(
                                HASH,
                                Base64.getEncoder().encodeToString(RegistrationTokens.hash(token))))
                : new Failed(ErrorCode.M_FORBIDDEN, "This registration token is not valid");
    }

    /// The hash of the token that was shown, if one was.
    static Optional<byte[]> tokenHash(Proof proof) {
        return proof.evidence().string(HASH).map(Base64.getDecoder()::decode);
    }
}
