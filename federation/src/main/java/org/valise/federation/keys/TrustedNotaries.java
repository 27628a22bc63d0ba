package org.valise.federation.keys;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.keys.KeyStatement.StatedKey;
import org.valise.platform.database.Database;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Verifier;

import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Asks the servers that the operator trusts for the keys of others that do not answer.
///
/// Spec: server-server API, "Querying keys through another server".
///
/// SECURITY: who vouches for a key can make up events of its owner, for the owner's own signature
/// is made with the key in question. So nobody vouches but whom the operator names, least of all
/// whoever has sent the event; and it adds to what a server said itself, and changes nothing of it.
final class TrustedNotaries {
    private static final Logger LOG = LoggerFactory.getLogger(TrustedNotaries.class);

    private final Database database;
    private final RemoteKeyStore store = new RemoteKeyStore();
    private final List<ServerName> notaries;
    private final NotarySource source;
    private final Verifier verifier;
    private final Clock clock;

    TrustedNotaries(
            Database database,
            List<ServerName> notaries,
            NotarySource source,
            Verifier verifier,
            Clock clock) {
        this.database = database;
        this.notaries = List.copyOf(notaries);
        this.source = source;
        this.verifier = verifier;
        this.clock = clock;
    }

    /// Asks one notary after the other, until each of these servers was vouched for.
    ///
    /// @param keysOf the keys that a notary signs with now
    /// @return those of whom there may be keys that were not known
    Set<ServerName> ask(
            Set<ServerName> servers, Function<ServerName, Map<KeyId, StatedKey>> keysOf) {
        Set<ServerName> found = new HashSet<>();
        for (ServerName notary : notaries) {
            Set<ServerName> wanted = new HashSet<>(servers);
            wanted.removeAll(found);
            wanted.remove(notary); // it was asked itself
            if (!wanted.isEmpty()) {
                source.ask(notary, wanted)
                        .ifPresent(answer ->
                                found.addAll(take(notary, keysOf.apply(notary), answer, wanted)));
            }
        }
        return found;
    }

    private Set<ServerName> take(
            ServerName notary,
            Map<KeyId, StatedKey> keys,
            JsonObject answer,
            Set<ServerName> wanted) {
        Set<ServerName> found = new HashSet<>();
        Instant now = clock.instant();
        for (JsonObject object :
                answer.array("server_keys").map(all -> all.objects()).orElse(List.of())) {
            Optional<ServerName> server =
                    object.string("server_name")
                            .flatMap(ServerName::tryParse)
                            .filter(wanted::contains);
            if (server.isEmpty() || found.contains(server.get())) {
                continue;
            }
            Optional<KeyStatement> statement =
                    KeyStatement.read(server.get(), object, now, verifier)
                            .filter(stated -> isSigned(object, notary, keys));
            if (statement.isPresent()) {
                database.run(tx -> store.add(tx, statement.get()));
                found.add(server.get());
            } else {
                LOG.warn("{} gave keys of {} that are not signed by both", notary, server.get());
            }
        }
        return found;
    }

    private boolean isSigned(JsonObject object, ServerName notary, Map<KeyId, StatedKey> keys) {
        return keys.entrySet().stream()
                .anyMatch(key ->
                        JsonSigning.verify(
                                object,
                                notary.value(),
                                key.getKey(),
                                key.getValue().publicKey(),
                                verifier));
    }
}
