package org.valise.accounts.uia;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// All stages of a flow are done: the operation may go ahead, once ([Uia#spend]).
///
/// @param session hash of the session's id, or null if it was done in one request
/// @param evidence what the stages found out
public record Proof(byte @Nullable [] session, JsonObject evidence) implements Outcome {
    static final String USER = "user";

    /// Who it was, if a stage has found out.
    public Optional<UserId> user() {
        return evidence.string(USER).map(UserId::parse);
    }
}
