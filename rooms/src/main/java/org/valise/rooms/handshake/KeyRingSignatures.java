package org.valise.rooms.handshake;

import org.valise.federation.keys.KeyRing;
import org.valise.federation.keys.ServerKeys;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.admission.EventSignatureCheck;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Checks signatures with the keys of other servers, fetched where they are not known, and with
/// this server's own.
final class KeyRingSignatures implements EventSignatureCheck {
    private final KeyRing ring;
    private final ServerKeys own;
    private final Verifier verifier;

    KeyRingSignatures(KeyRing ring, ServerKeys own, Verifier verifier) {
        this.ring = ring;
        this.own = own;
        this.verifier = verifier;
    }

    @Override
    public Set<EventId> unsigned(Collection<Event> events) {
        Map<KeyId, byte[]> ownKeys = ownKeys();
        List<KeyRing.Need> needs =
                events.stream()
                        .flatMap(event -> ReceivedState.needs(event, event.json()).stream())
                        .filter(need -> !need.server().equals(own.server()))
                        .toList();
        Map<KeyRing.Need, byte[]> keys = ring.forEvents(needs);
        return events.parallelStream()
                .filter(event -> !isSigned(event, keys, ownKeys))
                .map(Event::id)
                .collect(Collectors.toSet());
    }

    private boolean isSigned(
            Event event, Map<KeyRing.Need, byte[]> keys, Map<KeyId, byte[]> ownKeys) {
        EventSignatures.Signed signed = EventSignatures.of(event);
        List<KeyRing.Need> needs = ReceivedState.needs(event, event.json());
        for (ServerName server : EventSignatures.required(event)) {
            boolean valid =
                    needs.stream()
                            .filter(need -> need.server().equals(server))
                            .anyMatch(need -> {
                                byte[] key =
                                        server.equals(own.server())
                                                ? ownKeys.get(need.key())
                                                : keys.get(need);
                                return key != null
                                        && signed.verify(server, need.key(), key, verifier);
                            });
            if (!valid) {
                return false;
            }
        }
        return true;
    }

    private Map<KeyId, byte[]> ownKeys() {
        Map<KeyId, byte[]> keys = new HashMap<>();
        own.expired().forEach(key -> keys.put(key.keyId(), key.publicKey()));
        keys.put(own.keyId(), own.publicKey());
        return keys;
    }
}
