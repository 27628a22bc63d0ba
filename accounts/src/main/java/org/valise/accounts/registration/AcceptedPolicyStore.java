package org.valise.accounts.registration;

import org.valise.platform.database.Tx;

import java.time.Instant;
import java.util.Map;

/// SQL of `accounts.accepted_policy`.
final class AcceptedPolicyStore {
    private static final String INSERT =
            """
            INSERT INTO accounts.accepted_policy (user_number, policy, version, accepted_at)
            SELECT ?, policy, version, ? FROM unnest(?::text[], ?::text[]) AS accepted (policy, version)
            ON CONFLICT (user_number, policy)
            DO UPDATE SET version = excluded.version, accepted_at = excluded.accepted_at
            """;

    void insert(Tx tx, long user, Map<String, String> versions, Instant now) {
        if (!versions.isEmpty()) {
            tx.update(
                    INSERT,
                    user,
                    now,
                    versions.keySet().toArray(String[]::new),
                    versions.values().toArray(String[]::new));
        }
    }
}
