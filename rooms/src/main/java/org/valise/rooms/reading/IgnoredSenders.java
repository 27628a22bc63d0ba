package org.valise.rooms.reading;

import org.valise.accounts.accountdata.AccountData;
import org.valise.protocol.json.JsonObject;

import java.util.Set;

/// Whose messages a user does not want. Spec: client-server API, "Ignoring Users".
public final class IgnoredSenders {
    private static final String TYPE = "m.ignored_user_list";

    private final AccountData accountData;

    public IgnoredSenders(AccountData accountData) {
        this.accountData = accountData;
    }

    /// Their ids.
    public Set<String> of(long user) {
        return accountData
                .find(user, null, TYPE)
                .flatMap(content -> content.object("ignored_users"))
                .map(JsonObject::keys)
                .map(Set::copyOf)
                .orElse(Set.of());
    }
}
