package org.valise.rooms.admission;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A [RemoteRoom] as one node of this server has it.
final class LocalRoom {
    private static final EventSignatureCheck SIGNED = events -> Set.of();

    final TestNode node;
    final RemoteRoom remote;
    final RoomRef ref;
    final EventAdmission admission;

    LocalRoom(TestNode node, RemoteRoom remote) {
        this.node = node;
        this.remote = remote;
        this.admission = node.rooms.admission();
        this.ref = admission.room(remote.id, remote.version);
    }

    /// Lets a local user in, as `/send_join` would: after the newest event there.
    Event join(Caller user, Event after) {
        Event join =
                remote.say(
                        List.of(after),
                        user.user(),
                        "m.room.member",
                        user.user().value(),
                        RemoteRoom.member("join"));
        Collection<EventId> state = remote.stateBefore(join.id()).values();
        outliers(state);
        Admission admitted = admission.join(ref, join, state, SIGNED);
        if (!(admitted instanceof Admission.Accepted)) {
            throw new AssertionError("the join was not admitted: " + admitted);
        }
        return join;
    }

    Map<EventId, Admission> outliers(Collection<EventId> ids) {
        List<Event> chain = List.copyOf(remote.authChains(ids));
        Map<EventId, Admission> results = admission.receiveOutliers(ref, chain, SIGNED);
        // What waited for one of them may be what another needs.
        return results.values().stream().anyMatch(Admission.Lacks.class::isInstance)
                ? admission.receiveOutliers(ref, chain, SIGNED)
                : results;
    }

    Admission receive(Event event) {
        return admission.receive(ref, event, null, SIGNED);
    }

    /// Receives an event with the state before it, as `/state_ids` would tell it.
    Admission receiveWithState(Event event) {
        fetchState(event);
        return receiveWithState(event, remote.stateBefore(event.id()).values());
    }

    /// Receives the events of the state before an event as outliers.
    void fetchState(Event event) {
        outliers(remote.stateBefore(event.id()).values());
        outliers(event.authEvents());
    }

    Admission receiveWithState(Event event, @Nullable Collection<EventId> state) {
        return admission.receive(ref, event, state, SIGNED);
    }

    Admission hold(Event event) {
        return admission.hold(ref, event, SIGNED);
    }

    /// Backfills events, oldest first, with the states before them.
    Map<EventId, Admission> backfill(List<Event> events) {
        Map<EventId, Collection<EventId>> states = new HashMap<>();
        for (Event event : events) {
            fetchState(event);
            states.put(event.id(), remote.stateBefore(event.id()).values());
        }
        return admission.backfill(ref, events, states, SIGNED);
    }

    /// Backfills until nothing is missing.
    void fillAllGaps(int chunk) {
        int rounds = 0;
        for (Set<EventId> missing = missing(); !missing.isEmpty(); missing = missing()) {
            Map<EventId, Admission> results = backfill(remote.backfill(missing, chunk));
            if (++rounds > 500) {
                throw new AssertionError(missing + " stay missing: " + results);
            }
        }
    }

    /// Ids of the events that the room order lacks.
    Set<EventId> missing() {
        Set<EventId> missing = new HashSet<>();
        for (MissingEventStore.Gap gap : store().gaps(ref.number())) {
            missing.add(gap.missing());
        }
        return missing;
    }

    MissingEventStore store() {
        return new MissingEventStore(node.database);
    }

    StoredEvent stored(EventId id) {
        return node.rooms.events().store().byId(id).orElseThrow();
    }

    RoomView view() {
        return node.rooms.views().get(ref.number());
    }

    List<EventId> timeline(long after) {
        return view().timeline(after, node.stream.applied(), 1_000).events().stream()
                .map(StoredEvent::id)
                .toList();
    }

    /// Accepted events in the order of the room.
    List<StoredEvent> history() {
        List<StoredEvent> newestFirst =
                new ArrayList<>(
                        node.rooms
                                .events()
                                .store()
                                .before(ref.number(), RoomOrder.LAST, Long.MAX_VALUE, 1_000));
        return newestFirst.reversed();
    }

    Map<StateKey, EventId> current() {
        return entries(view().stateAt(Long.MAX_VALUE));
    }

    Map<StateKey, EventId> before(EventId id) {
        return entries(node.rooms.states().snapshot(stored(id).snapshotBefore()));
    }

    Map<StateKey, EventId> entries(StateSnapshot snapshot) {
        Map<StateKey, EventId> entries = new TreeMap<>();
        StateSnapshot.Entry add =
                (key, event) ->
                        entries.put(
                                node.rooms.keys().name(key),
                                node.rooms.events().get(ref.number(), event).id());
        snapshot.forEachMember(add);
        snapshot.forEachOther(add);
        return entries;
    }
}
