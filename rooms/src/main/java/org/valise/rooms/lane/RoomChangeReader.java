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
    private static final String EVENTS = "rooms.event";
    private static final String MEMBERSHIPS = "rooms.membership";
    private static final String STATES = "rooms.current_state";
    private static final String OUTGOING = "rooms.outgoing";

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
    public Set<String> tables() {
        return Set.of(EVENTS, MEMBERSHIPS, STATES, OUTGOING);
    }

    @Override
    public List<Change> read(News news) {
        List<Change> changes = new ArrayList<>();
        Map<Long, List<EventChange.MemberChange>> members = new HashMap<>();
        if (news.isIn(MEMBERSHIPS)) {
            readMemberships(news, changes, members);
        }
        if (news.isIn(EVENTS)) {
            readEvents(news, changes, members);
        }
        return changes;
    }

    /// @param changes gets those that are known from outside
    /// @param members gets the others, by the positions of their events
    private void readMemberships(
            News news, List<Change> changes, Map<Long, List<EventChange.MemberChange>> members) {
        for (MembershipStore.LocalMembership change : memberships.between(news.from(), news.to())) {
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
    }

    private void readEvents(
            News news, List<Change> changes, Map<Long, List<EventChange.MemberChange>> members) {
        long from = news.from();
        long to = news.to();
        EventStore store = events.store();
        Map<Long, CurrentStateStore.Entry> snapshots = new HashMap<>();
        if (news.isIn(STATES)) {
            currentStates
                    .between(from, to)
                    .forEach(entry -> snapshots.put(entry.position(), entry));
        }
        Set<Long> goingOut = news.isIn(OUTGOING) ? outgoing.between(from, to) : Set.of();
        for (StoredEvent event : store.byPositions(from, to)) {
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
