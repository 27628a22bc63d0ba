package org.valise.rooms.admission;

import org.valise.federation.keys.KeyRing;
import org.valise.federation.keys.KeyRing.Need;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.event.EventSignatures.Signed;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Verifier;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether events are signed as they must be, by the keys that servers publish.
///
/// Spec: server-server API, "Validating hashes and signatures on received events".
public final class KeyRingSignatureCheck implements EventSignatureCheck {
    private final KeyRing ring;
    private final Verifier verifier;

    public KeyRingSignatureCheck(KeyRing ring, Verifier verifier) {
        this.ring = ring;
        this.verifier = verifier;
    }

    /// Those of some events that are not signed as they must be, and those of which that cannot be
    /// said without asking their servers for keys.
    record Verdict(Set<EventId> unsigned, Set<EventId> unknown) {}

    @Override
    public Set<EventId> unsigned(Collection<Event> events) {
        List<Checked> checked = events.stream().map(Checked::of).toList();
        Verdict verdict = judge(checked, ring.forEvents(needs(checked)));
        Set<EventId> all = new HashSet<>(verdict.unsigned());
        all.addAll(verdict.unknown());
        return all;
    }

    /// As [#unsigned], without asking other servers.
    Verdict withKnownKeys(Collection<Event> events) {
        List<Checked> checked = events.stream().map(Checked::of).toList();
        return judge(checked, ring.knownForEvents(needs(checked)));
    }

    private record Checked(Event event, Set<ServerName> servers, Signed signed, Instant at) {
        static Checked of(Event event) {
            // Room version 5: "when validating event signatures, servers MUST enforce the
            // valid_until_ts property from a key request is at least as large as the
            // origin_server_ts for the event being validated."
            Instant at =
                    event.version().has(Tweak.KEY_VALIDITY_ENFORCED)
                            ? Instant.ofEpochMilli(event.originServerTs())
                            : Instant.EPOCH;
            return new Checked(
                    event, EventSignatures.required(event), EventSignatures.of(event), at);
        }

        Need need(ServerName server, KeyId key) {
            return new Need(server, key, at);
        }
    }

    private static Collection<Need> needs(List<Checked> events) {
        List<Need> needs = new ArrayList<>();
        for (Checked event : events) {
            for (ServerName server : event.servers()) {
                for (KeyId key : event.signed().by(server).keySet()) {
                    needs.add(event.need(server, key));
                }
            }
        }
        return needs;
    }

    private Verdict judge(List<Checked> events, Map<Need, byte[]> keys) {
        Set<EventId> unsigned = new HashSet<>();
        Set<EventId> unknown = new HashSet<>();
        for (Checked event : events) {
            for (ServerName server : event.servers()) {
                switch (judge(event, server, keys)) {
                    case VALID -> {}
                    case INVALID -> unsigned.add(event.event().id());
                    case UNKNOWN -> unknown.add(event.event().id());
                }
            }
        }
        unknown.removeAll(unsigned);
        return new Verdict(unsigned, unknown);
    }

    private enum Answer {
        VALID,
        INVALID,
        UNKNOWN
    }

    /// "If a signature is from an unknown or expired key, it is skipped. […] If all signatures from
    /// known unexpired keys from the originating server(s) are found to be valid, …"
    private Answer judge(Checked event, ServerName server, Map<Need, byte[]> keys) {
        Set<KeyId> signedWith = event.signed().by(server).keySet();
        boolean any = false;
        for (KeyId id : signedWith) {
            byte[] key = keys.get(event.need(server, id));
            if (key == null) {
                continue;
            }
            if (!event.signed().verify(server, id, key, verifier)) {
                return Answer.INVALID;
            }
            any = true;
        }
        if (any) {
            return Answer.VALID;
        }
        return signedWith.isEmpty() ? Answer.INVALID : Answer.UNKNOWN;
    }
}
