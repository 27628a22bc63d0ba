package org.valise.sync.classic;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.changes.AccountChange;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Set;

/// Whose messages a user does not want. Spec: client-server API, "Ignoring Users".
public final class IgnoredUsers implements StreamFollower {
    private static final String TYPE = "m.ignored_user_list";

    private final AccountData accountData;
    private final Cache<Long, Set<String>> known =
            Caffeine.newBuilder().maximumSize(20_000).build();

    public IgnoredUsers(AccountData accountData) {
        this.accountData = accountData;
    }

    /// The ids of the users that a user ignores.
    public Set<String> of(long user) {
        return known.get(
                user,
                number ->
                        accountData
                                .find(number, null, TYPE)
                                .flatMap(content -> content.object("ignored_users"))
                                .map(JsonObject::keys)
                                .map(Set::copyOf)
                                .orElse(Set.of()));
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof AccountChange.AccountDataChanged data
                    && data.type().equals(TYPE)) {
                known.invalidate(data.user());
            }
        }
    }
}
