package org.valise.rooms.invites;

import org.valise.federation.keys.KeyRing;
import org.valise.federation.keys.KeyRing.Need;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether events that are not received into a room are signed by whom they must be.
///
/// Spec: server-server API, "Validating hashes and signatures on received events".
final class EventProof {
    private final KeyRing keyRing;
    private final Verifier verifier;

    EventProof(KeyRing keyRing, Verifier verifier) {
        this.keyRing = keyRing;
        this.verifier = verifier;
    }

    /// What is to be thought of an event, the worst last.
    enum Verdict {
        SIGNED,
        /// A key that it needs cannot be had.
        UNKNOWN,
        /// A signature is missing or wrong.
        FORGED
    }

    /// Of all events, with the keys of all servers asked for at once.
    Map<EventId, Verdict> of(Collection<Event> events) {
        Map<EventId, Set<ServerName>> required = new HashMap<>();
        events.forEach(event -> required.put(event.id(), EventSignatures.required(event)));
        return of(events, required);
    }

    /// Whether servers have signed an event, and whoever else must have.
    Verdict of(Event event, Collection<ServerName> signers) {
        Set<ServerName> required = new HashSet<>(EventSignatures.required(event));
        required.addAll(signers);
        return of(List.of(event), Map.of(event.id(), required))
                .getOrDefault(event.id(), Verdict.FORGED);
    }

    private Map<EventId, Verdict> of(
            Collection<Event> events, Map<EventId, Set<ServerName>> required) {
        Map<Event, EventSignatures.Signed> signed = new LinkedHashMap<>();
        events.forEach(event -> signed.put(event, EventSignatures.of(event)));
        Set<Need> needs = new HashSet<>();
        signed.forEach((event, signatures) -> {
            for (ServerName server : required.getOrDefault(event.id(), Set.of())) {
                for (KeyId key : signatures.by(server).keySet()) {
                    needs.add(Need.of(event, server, key));
                }
            }
        });
        Map<Need, byte[]> keys = keyRing.forEvents(needs);
        Map<EventId, Verdict> verdicts = new HashMap<>();
        signed.forEach((event, signatures) -> {
            Verdict worst =
                    required.getOrDefault(event.id(), Set.of()).stream()
                            .map(server -> by(server, event, signatures, keys))
                            .max(Comparator.naturalOrder())
                            .orElse(Verdict.SIGNED);
            verdicts.put(event.id(), worst);
        });
        return verdicts;
    }

    private Verdict by(
            ServerName server,
            Event event,
            EventSignatures.Signed signatures,
            Map<Need, byte[]> keys) {
        Set<KeyId> signedWith = signatures.by(server).keySet();
        Verdict verdict = signedWith.isEmpty() ? Verdict.FORGED : Verdict.UNKNOWN;
        for (KeyId id : signedWith) {
            byte[] key = keys.get(Need.of(event, server, id));
            if (key != null && signatures.verify(server, id, key, verifier)) {
                return Verdict.SIGNED;
            }
            verdict = key != null ? Verdict.FORGED : verdict;
        }
        return verdict;
    }
}
