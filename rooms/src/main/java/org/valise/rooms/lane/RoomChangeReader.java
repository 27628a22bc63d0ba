package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.OutgoingEventStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads what another node wrote into rooms.
public final class RoomChangeReader implements ChangeReader {
    private final CurrentStateStore currentStates;
    private final MembershipStore memberships;
    private final Events events;
    private final StateStore states;
    private final OutgoingEventStore outgoing;

    public RoomChangeReader(
            CurrentStateStore currentStates,
            MembershipStore memberships,
            Events events,
            StateStore states,
            OutgoingEventStore outgoing) {
        this.currentStates = currentStates;
        this.memberships = memberships;
        this.events = events;
        this.states = states;
        this.outgoing = outgoing;
    }

    @Override
    public List<Change> read(long from, long to) {
        EventStore store = events.store();
        List<Change> changes = new ArrayList<>();
        Map<Long, List<EventChange.MemberChange>> members = new HashMap<>();
        for (MembershipStore.LocalMembership change : memberships.between(from, to)) {
            if (change.event() < 0) {
                changes.add(
                        new OutsideChange(
                                change.position(),
                                change.room(),
                                change.user(),
                                change.membership(),
                                change.event()));
            } else {
                members.computeIfAbsent(change.position(), any -> new ArrayList<>())
                        .add(
                                new EventChange.MemberChange(
                                        change.user(), change.membership(), change.event()));
            }
        }
        List<StoredEvent> visible = store.byPositions(from, to);
        if (visible.isEmpty()) {
            return changes;
        }
        Map<Long, CurrentStateStore.Entry> snapshots = new HashMap<>();
        for (CurrentStateStore.Entry entry : currentStates.between(from, to)) {
            snapshots.put(entry.position(), entry);
        }
        Set<Long> goingOut = outgoing.between(from, to);
        for (StoredEvent event : visible) {
            CurrentStateStore.Entry state = snapshots.get(event.position());
            changes.add(
                    new EventChange(
                            event,
                            state == null ? null : states.snapshot(state.snapshot()),
                            state == null ? MemberCounts.NONE : state.members(),
                            members.getOrDefault(event.position(), List.of()),
                            null,
                            goingOut.contains(event.position()),
                            redacted(store, event)));
        }
        return changes;
    }

    private static @Nullable StoredEvent redacted(EventStore store, StoredEvent redaction) {
        if (!redaction.event().type().equals(EventTypes.REDACTION)) {
            return null;
        }
        EventId target = redaction.event().redacts();
        return target == null
                ? null
                : store.byId(target)
                        .filter(event -> event.redactedBy() == redaction.number())
                        .orElse(null);
    }
}
