package org.valise.federation.keys;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.federation.keys.KeyStatement.StatedKey;
import org.valise.platform.database.Database;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.roomversion.Tweak;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The keys of other servers: from memory, from the database, and where that is not enough from the
/// servers themselves.
///
/// Spec: server-server API, "Retrieving server keys".
public final class KeyRing {
    private static final int SERVERS_IN_MEMORY = 20_000;

    /// How long another node may not know that a key was taken back.
    private static final Duration IN_MEMORY = Duration.ofMinutes(5);

    private final Database database;
    private final RemoteKeyStore store = new RemoteKeyStore();
    private final KeyFetcher fetcher;
    private final TrustedNotaries notaries;
    private final ServerKeys own;
    private final Clock clock;
    private final Cache<ServerName, Map<KeyId, StatedKey>> known;

    KeyRing(
            Database database,
            KeyFetcher fetcher,
            TrustedNotaries notaries,
            ServerKeys own,
            Clock clock) {
        this.database = database;
        this.fetcher = fetcher;
        this.notaries = notaries;
        this.own = own;
        this.clock = clock;
        this.known =
                Caffeine.newBuilder()
                        .maximumSize(SERVERS_IN_MEMORY)
                        .expireAfterWrite(IN_MEMORY)
                        .build();
    }

    /// A key that an event needs.
    ///
    /// @param at when it was signed: the key must be valid then. [Instant#EPOCH] where that does
    ///   not matter, in room versions that do not enforce it
    public record Need(ServerName server, KeyId key, Instant at) {
        /// What a server's signature of an event with a key needs.
        ///
        /// Room version 5: "when validating event signatures, servers MUST enforce the
        /// valid_until_ts property from a key request is at least as large as the origin_server_ts
        /// for the event being validated."
        public static Need of(Event event, ServerName server, KeyId key) {
            Instant at =
                    event.version().has(Tweak.KEY_VALIDITY_ENFORCED)
                            ? Instant.ofEpochMilli(event.originServerTs())
                            : Instant.EPOCH;
            return new Need(server, key, at);
        }
    }

    /// The key of a request: one that its server signs with and that is valid now.
    public Optional<byte[]> forRequest(ServerName server, KeyId key) {
        Optional<StatedKey> found = current(server, key);
        if (found.isEmpty()) {
            fetch(Set.of(server));
            found = current(server, key);
        }
        return found.map(StatedKey::publicKey);
    }

    private Optional<StatedKey> current(ServerName server, KeyId key) {
        return Optional.ofNullable(all(server).get(key)).filter(this::isInUse);
    }

    private Map<KeyId, StatedKey> all(ServerName server) {
        return stated(List.of(server)).getOrDefault(server, Map.of());
    }

    private boolean isInUse(StatedKey key) {
        return !key.expired() && !clock.instant().isAfter(key.validUntil());
    }

    /// The keys that events need, those of all servers at once: one query at most, and one request
    /// to each server whose keys do not suffice, then to notaries about those that do not answer.
    /// What stays unknown is absent.
    public Map<Need, byte[]> forEvents(Collection<Need> needs) {
        Map<Need, byte[]> found = new HashMap<>();
        Set<ServerName> lacking = collect(needs, found);
        if (!lacking.isEmpty()) {
            Set<ServerName> asked = fetch(lacking);
            Set<ServerName> silent = collect(needs, found);
            silent.removeIf(server -> !asked.contains(server) || !fetcher.isSilent(server));
            if (!silent.isEmpty()) {
                known.invalidateAll(notaries.ask(silent, this::inUse));
                collect(needs, found);
            }
        }
        return found;
    }

    /// The keys that a notary signs with.
    private Map<KeyId, StatedKey> inUse(ServerName notary) {
        if (all(notary).values().stream().noneMatch(this::isInUse)) {
            fetch(Set.of(notary));
        }
        Map<KeyId, StatedKey> keys = new HashMap<>(all(notary));
        keys.values().removeIf(key -> !isInUse(key));
        return keys;
    }

    /// As [#forEvents], without asking other servers.
    public Map<Need, byte[]> knownForEvents(Collection<Need> needs) {
        Map<Need, byte[]> found = new HashMap<>();
        collect(needs, found);
        return found;
    }

    /// Adds the keys that are known; gives the servers whose keys do not suffice.
    private Set<ServerName> collect(Collection<Need> needs, Map<Need, byte[]> found) {
        Set<ServerName> lacking = new HashSet<>();
        Map<ServerName, Map<KeyId, StatedKey>> stated =
                stated(
                        needs.stream()
                                .map(Need::server)
                                .filter(server -> !server.equals(own.server()))
                                .distinct()
                                .toList());
        for (Need need : needs) {
            if (need.server().equals(own.server())) {
                own.publicKey(need.key(), need.at()).ifPresent(key -> found.put(need, key));
                continue;
            }
            StatedKey key = stated.getOrDefault(need.server(), Map.of()).get(need.key());
            if (key != null && !need.at().isAfter(key.validUntil())) {
                found.put(need, key.publicKey());
            } else {
                lacking.add(need.server());
            }
        }
        return lacking;
    }

    private Map<ServerName, Map<KeyId, StatedKey>> stated(List<ServerName> servers) {
        Map<ServerName, Map<KeyId, StatedKey>> all = new HashMap<>(known.getAllPresent(servers));
        List<ServerName> absent = servers.stream().filter(one -> !all.containsKey(one)).toList();
        if (!absent.isEmpty()) {
            Map<ServerName, Map<KeyId, StatedKey>> loaded =
                    database.read(tx -> store.keys(tx, absent));
            known.putAll(loaded);
            all.putAll(loaded);
        }
        return all;
    }

    /// Asks servers for their keys, as far as they were not asked just now.
    ///
    /// @return those that were asked
    Set<ServerName> fetch(Set<ServerName> servers) {
        Set<ServerName> asked = fetcher.fetch(servers);
        known.invalidateAll(asked);
        return asked;
    }
}
