package org.valise.rooms.admission;

import org.valise.federation.keys.KeyRing;
import org.valise.federation.keys.KeyRing.Need;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventSignatures;
import org.valise.protocol.event.EventSignatures.Signed;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Whether events are signed as they must be, by the keys that servers publish.
///
/// Spec: server-server API, "Validating hashes and signatures on received events".
public final class KeyRingSignatureCheck implements EventSignatureCheck {
    /// Fewer events are not worth several threads.
    private static final int WORTH_SHARING = 8;

    private final KeyRing ring;
    private final Verifier verifier;
    private final boolean sharing;

    private KeyRingSignatureCheck(KeyRing ring, Verifier verifier, boolean sharing) {
        this.ring = ring;
        this.verifier = verifier;
        this.sharing = sharing;
    }

    /// Checks many events on all processors at once: for what keeps others waiting.
    public static KeyRingSignatureCheck onAllProcessors(KeyRing ring, Verifier verifier) {
        return new KeyRingSignatureCheck(ring, verifier, true);
    }

    /// Leaves the other processors to others: for what takes seconds.
    public static KeyRingSignatureCheck onOneProcessor(KeyRing ring, Verifier verifier) {
        return new KeyRingSignatureCheck(ring, verifier, false);
    }

    /// Those of some events that are not signed as they must be, and those of which that cannot be
    /// said without asking their servers for keys.
    record Verdict(Set<EventId> unsigned, Set<EventId> unknown) {}

    @Override
    public Set<EventId> unsigned(Collection<Event> events) {
        List<Checked> checked = checked(events);
        Verdict verdict = judge(checked, ring.forEvents(needs(checked)));
        Set<EventId> all = new HashSet<>(verdict.unsigned());
        all.addAll(verdict.unknown());
        return all;
    }

    /// As [#unsigned], without asking other servers.
    Verdict withKnownKeys(Collection<Event> events) {
        List<Checked> checked = checked(events);
        return judge(checked, ring.knownForEvents(needs(checked)));
    }

    private List<Checked> checked(Collection<Event> events) {
        return each(events).map(Checked::of).toList();
    }

    private <T> Stream<T> each(Collection<T> events) {
        return sharing && events.size() >= WORTH_SHARING
                ? events.parallelStream()
                : events.stream();
    }

    private record Checked(Event event, Set<ServerName> servers, Signed signed) {
        static Checked of(Event event) {
            return new Checked(event, EventSignatures.required(event), EventSignatures.of(event));
        }

        Need need(ServerName server, KeyId key) {
            return Need.of(event, server, key);
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
        Map<Answer, Set<EventId>> answers =
                each(events)
                        .collect(
                                Collectors.groupingBy(
                                        event -> judge(event, keys),
                                        Collectors.mapping(
                                                event -> event.event().id(), Collectors.toSet())));
        return new Verdict(
                answers.getOrDefault(Answer.INVALID, Set.of()),
                answers.getOrDefault(Answer.UNKNOWN, Set.of()));
    }

    private Answer judge(Checked event, Map<Need, byte[]> keys) {
        Answer answer = Answer.VALID;
        for (ServerName server : event.servers()) {
            Answer next = judge(event, server, keys);
            answer = next.compareTo(answer) > 0 ? next : answer;
        }
        return answer;
    }

    /// The worse the later.
    private enum Answer {
        VALID,
        UNKNOWN,
        INVALID
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
