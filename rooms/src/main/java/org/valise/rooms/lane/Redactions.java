package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Redactions and what they redact, whichever comes first, within one unit.
///
/// Spec: room version 3, "Handling redactions". In versions 1 and 2 the authorization rules judge a
/// redaction: it is shown at once, but its target may come later there, too.
final class Redactions {
    private static final List<StateKey> POWER = List.of(StateKey.POWER_LEVELS, StateKey.CREATE);

    private final Lane lane;
    private final RoomVersion version;
    private final UnitMemory memory;
    private final UnitParts parts;
    private final EarlyRedactionStore store;

    /// What the database says of events, so that it is asked once.
    private final Map<EventId, List<Long>> looked = new HashMap<>();

    Redactions(
            RoomWriter.Tools tools,
            Lane lane,
            RoomVersion version,
            UnitMemory memory,
            UnitParts parts) {
        this.lane = lane;
        this.version = version;
        this.memory = memory;
        this.parts = parts;
        this.store = new EarlyRedactionStore(tools.database());
    }

    /// What an event does if it is a redaction.
    ///
    /// @param isShown false if it is to be kept from readers
    /// @param redacted the event that it takes the content of, in its new form
    /// @param awaited what it redacts, if that is not here
    record Effect(boolean isShown, @Nullable StoredEvent redacted, @Nullable EventId awaited) {
        private static final Effect NONE = new Effect(true, null, null);
    }

    /// *They should not be sent to clients until both the redaction event and the event the
    /// redaction affects have been received, and can be validated.* *If the server would apply a
    /// redaction, the redaction event is also sent to clients.*
    ///
    /// @param current the room's current state, which is most often the one before the event
    Effect effect(StoredEvent event, StateSnapshot current) {
        EventId id = target(event.event());
        // SECURITY: in room versions 1 and 2 an event could name itself.
        if (id == null || id.equals(event.id())) {
            return Effect.NONE;
        }
        boolean isBound = version.has(Tweak.REDACTIONS_CHECKED_ON_APPLYING);
        StoredEvent target = memory.find(List.of(id)).get(id);
        if (target == null || !isReceived(target)) {
            return new Effect(!isBound, null, id);
        }
        if (!applies(event, target.event().sender(), current)) {
            return new Effect(!isBound, null, null);
        }
        return new Effect(
                true,
                target.redactedBy() == 0 ? withoutContent(target, event.number()) : null,
                null);
    }

    private static @Nullable EventId target(Event event) {
        return event.type().equals(EventTypes.REDACTION) ? event.redacts() : null;
    }

    /// Whether it counts as received: others may be judged some day.
    private static boolean isReceived(StoredEvent event) {
        return switch (event.status()) {
            case ACCEPTED, SOFT_FAILED, OUTLIER, WITHHELD -> true;
            case REJECTED, WAITING -> false;
        };
    }

    /// *1. The power level of the redaction event's `sender` is greater than or equal to the redact
    /// level. 2. The domain of the redaction event's `sender` matches that of the original event's
    /// `sender`.*
    private boolean applies(StoredEvent redaction, UserId author, StateSnapshot current) {
        return redaction.event().sender().server().equals(author.server())
                || hasPower(redaction, current);
    }

    /// By the state before the redaction: whoever sent it in time has lost nothing when its target
    /// comes.
    private boolean hasPower(StoredEvent redaction, StateSnapshot current) {
        PowerLevels levels =
                memory.powerLevels(
                        memory.state(memory.snapshot(redaction.snapshotBefore(), current), POWER));
        return levels.userLevel(redaction.event().sender()) >= levels.redact();
    }

    /// Remembers what an event does that is kept: its target is another from now on, or it waits.
    void keep(StoredEvent redaction, Effect effect, StateSnapshot current) {
        StoredEvent redacted = effect.redacted();
        if (redacted != null && memory.isOwn(redacted.number())) {
            memory.add(redacted);
        }
        EventId awaited = effect.awaited();
        if (awaited != null) {
            String domain =
                    hasPower(redaction, current)
                            ? EarlyRedactionStore.ANY_DOMAIN
                            : redaction.event().sender().server().value();
            parts.attach(
                    EarlyRedactionStore.CHANGE,
                    lane.room(),
                    awaited.value(),
                    domain,
                    redaction.number(),
                    false);
            lane.expectEarlyRedactions();
        }
    }

    /// An event that has come, without its content if a redaction waited for it.
    ///
    /// @param withheld the redactions that were kept from readers until now
    record Meeting(StoredEvent event, List<StoredEvent> withheld) {}

    /// @param earlier what was known of the event by its content alone
    Meeting meet(StoredEvent event, @Nullable StoredEvent earlier, StateSnapshot current) {
        if (earlier != null && earlier.redactedBy() != 0) {
            return new Meeting(withoutContent(event, earlier.redactedBy()), List.of());
        }
        return isReceived(event) ? met(event, current) : new Meeting(event, List.of());
    }

    private Meeting met(StoredEvent event, StateSnapshot current) {
        List<StoredEvent> redactions = waitingFor(event, current);
        if (redactions.isEmpty()) {
            return new Meeting(event, List.of());
        }
        parts.attach(EarlyRedactionStore.CHANGE, lane.room(), event.id().value(), "", 0L, true);
        return new Meeting(
                withoutContent(event, redactions.getFirst().number()),
                redactions.stream().filter(Redactions::isWithheld).toList());
    }

    private static StoredEvent withoutContent(StoredEvent event, long redaction) {
        return event.redacted(event.event().redacted(), redaction);
    }

    private static boolean isWithheld(StoredEvent event) {
        return switch (event.status()) {
            case WITHHELD -> true;
            case ACCEPTED, SOFT_FAILED, REJECTED, OUTLIER, WAITING -> false;
        };
    }

    /// The redactions of an event that were here before it and apply to it, oldest first.
    private List<StoredEvent> waitingFor(StoredEvent event, StateSnapshot current) {
        if (!lane.mayHaveEarlyRedactions(store)) {
            return List.of();
        }
        look(List.of(event.event()));
        Map<Long, StoredEvent> found =
                new HashMap<>(memory.events(looked.getOrDefault(event.id(), List.of())));
        for (StoredEvent other : memory.uncommitted()) {
            if (event.id().equals(target(other.event()))
                    && other.number() != event.number()
                    && (other.order() != null)
                    && applies(other, event.event().sender(), current)) {
                found.put(other.number(), other);
            }
        }
        return found.values().stream()
                .sorted(Comparator.comparingLong(StoredEvent::number))
                .toList();
    }

    /// Asks the database at once which redactions wait for these events.
    void look(List<Event> events) {
        if (!lane.mayHaveEarlyRedactions(store)) {
            return;
        }
        Map<EventId, ServerName> unknown = new LinkedHashMap<>();
        for (Event event : events) {
            if (!looked.containsKey(event.id())) {
                unknown.put(event.id(), event.sender().server());
            }
        }
        if (!unknown.isEmpty()) {
            unknown.keySet().forEach(id -> looked.put(id, List.of()));
            looked.putAll(store.of(lane.room(), unknown));
        }
    }

    /// What becomes of those of these events that a redaction waited for. They are here, for their
    /// content alone.
    List<Meeting> meetKnown(Collection<EventId> known, StateSnapshot current) {
        if (!lane.mayHaveEarlyRedactions(store)) {
            return List.of();
        }
        Set<EventId> awaited = store.awaited(lane.room(), known);
        List<Meeting> meetings = new ArrayList<>();
        for (StoredEvent event : memory.find(awaited).values()) {
            if (isReceived(event) && event.redactedBy() == 0) {
                Meeting meeting = met(event, current);
                if (meeting.event().redactedBy() != 0) {
                    meetings.add(meeting);
                }
            }
        }
        return meetings;
    }
}
