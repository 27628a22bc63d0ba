package org.valise.accounts.sessions;

import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.uia.Challenge;
import org.valise.accounts.uia.Flow;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Reply;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// Deletes devices of the caller, who must prove with their password that it is them, and logs the
/// devices out.
public final class DeviceDeletion {
    private static final List<Flow> FLOWS = List.of(Flow.of(PasswordStage.TYPE));

    private final Sessions sessions;
    private final Uia uia;

    public DeviceDeletion(Sessions sessions, Uia uia) {
        this.sessions = sessions;
        this.uia = uia;
    }

    Reply delete(Call call, String operation, List<String> devices, JsonObject body) {
        Caller caller = call.caller();
        return switch (uia.require(call, caller, operation, FLOWS, body)) {
            case Challenge challenge -> challenge.reply();
            case Proof proof -> {
                long user = caller.userNumber();
                uia.commit(
                        proof,
                        (batch, ordinal) -> sessions.close(batch, ordinal, user, devices),
                        position -> List.of(new SessionsRevoked(position, user)));
                yield Reply.empty();
            }
        };
    }
}
