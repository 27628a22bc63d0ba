package org.valise.federation.keys;

import org.jspecify.annotations.Nullable;
import org.valise.federation.keys.RemoteKeyStore.StoredStatement;
import org.valise.platform.database.Database;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.JsonSigning;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Vouches for what other servers said of their keys: gives on their last answers with a signature
/// of its own.
///
/// Spec: server-server API, "Querying Keys Through Another Server".
final class KeyNotary {
    private final Database database;
    private final RemoteKeyStore store = new RemoteKeyStore();
    private final KeyRing ring;
    private final ServerKeys own;
    private final OwnStatement ownStatement;
    private final Clock clock;

    KeyNotary(
            Database database, KeyRing ring, ServerKeys own, OwnStatement statement, Clock clock) {
        this.database = database;
        this.ring = ring;
        this.own = own;
        this.ownStatement = statement;
        this.clock = clock;
    }

    /// @param wanted each server with the time until which its keys should at least be valid
    /// @return what is known of them: less than was asked where servers cannot be reached
    List<JsonObject> answer(Map<ServerName, Instant> wanted) {
        Map<ServerName, Instant> others = new HashMap<>(wanted);
        List<JsonObject> answer = new ArrayList<>();
        if (others.remove(own.server()) != null) {
            answer.add(ownStatement.signed());
        }
        if (others.isEmpty()) {
            return answer;
        }
        Map<ServerName, StoredStatement> stored = stored(others.keySet());
        Set<ServerName> due = new HashSet<>();
        others.forEach((server, until) -> {
            if (!suffices(stored.get(server), until)) {
                due.add(server);
            }
        });
        if (!due.isEmpty()) {
            ring.fetch(due);
            stored.putAll(stored(due));
        }
        // "If the server fails to respond to this request, intermediate notary servers should
        // continue to return the last response they received from the server"
        for (StoredStatement one : stored.values()) {
            answer.add(JsonSigning.sign(Json.parseObject(one.statement()), own.current()));
        }
        return answer;
    }

    private Map<ServerName, StoredStatement> stored(Set<ServerName> servers) {
        Map<ServerName, StoredStatement> found = new HashMap<>();
        database.read(tx -> store.statements(tx, servers))
                .forEach(statement -> found.put(statement.server(), statement));
        return found;
    }

    /// "Intermediate notary servers should cache a response for half of its lifetime to avoid
    /// serving a stale response."
    private boolean suffices(@Nullable StoredStatement stored, Instant until) {
        if (stored == null || stored.validUntil().isBefore(until)) {
            return false;
        }
        Duration half = Duration.between(stored.fetchedAt(), stored.validUntil()).dividedBy(2);
        return clock.instant().isBefore(stored.fetchedAt().plus(half));
    }
}
