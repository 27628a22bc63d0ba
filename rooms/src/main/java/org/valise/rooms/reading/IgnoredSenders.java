package org.valise.rooms.reading;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whose messages a user does not want. Spec: client-server API, "Ignoring Users".
public final class IgnoredSenders {
    private static final String TYPE = "m.ignored_user_list";

    private final AccountData accountData;
    private final UserNumbers users;

    public IgnoredSenders(AccountData accountData, UserNumbers users) {
        this.accountData = accountData;
        this.users = users;
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

    /// Their numbers, as far as they were ever met.
    Set<Long> numbersOf(long user) {
        return numbers(of(user));
    }

    Set<Long> numbers(Set<String> ids) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        List<UserId> ignored =
                ids.stream().map(UserId::tryParse).flatMap(Optional::stream).toList();
        return Set.copyOf(users.find(ignored).values());
    }
}
