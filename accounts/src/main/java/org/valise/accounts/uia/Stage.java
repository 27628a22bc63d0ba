package org.valise.accounts.uia;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

/// One kind of proof. Spec: client-server API, "Authentication types".
public interface Stage {
    /// Its name in flows, such as `m.login.password`.
    String type();

    /// What a client must know to complete it.
    default JsonObject params() {
        return JsonObject.of();
    }

    /// Judges what the client submitted as `auth`.
    ///
    /// @param caller whose access token came with the request, if any did
    Verdict judge(JsonObject auth, @Nullable Caller caller, Call call);

    /// What the web page for clients that do not know the stage asks for.
    ///
    /// @param userKnown whether the session belongs to somebody who is signed in
    StageForm form(boolean userKnown);

    /// What was filled in there, as a client would submit it.
    ///
    /// @param user whose session it is; null if nobody is signed in
    default JsonObject submitted(JsonObject fields, @Nullable UserId user) {
        return fields;
    }

    /// What came of an attempt.
    sealed interface Verdict {}

    /// @param evidence what the operation learns from it (who it was, which token)
    record Passed(JsonObject evidence) implements Verdict {}

    /// The client may try again.
    record Failed(ErrorCode code, String why) implements Verdict {}
}
