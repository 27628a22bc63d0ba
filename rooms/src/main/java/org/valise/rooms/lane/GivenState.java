package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.EventStore.StateEntry;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The state before an event as another server says it was: for events whose ancestors are not here
/// (the answers to `/state_ids` and `/send_join`).
sealed interface GivenState {
    /// @param entries the numbers of its events
    record Believed(StateSnapshot snapshot, Set<Long> entries) implements GivenState {}

    record Lacks(Set<EventId> missing) implements GivenState {}

    record Unbelievable(String reason) implements GivenState {}

    /// SECURITY: whoever answers may lie. The state counts only if all of its events are here
    /// (their signatures and auth events were checked then), are state events of this room, no two
    /// under one key, and begin with the room's create event. Rejected ones are left out.
    static GivenState read(
            Collection<EventId> ids,
            long room,
            RoomVersion version,
            RoomWriter.Tools tools,
            UnitMemory memory) {
        List<StateEntry> found = tools.events().store().stateEntries(ids);
        Set<EventId> missing = new HashSet<>(ids);
        found.stream()
                .filter(entry -> entry.status() != EventStatus.WAITING)
                .forEach(entry -> missing.remove(entry.id()));
        if (!missing.isEmpty()) {
            return new Lacks(Set.copyOf(missing));
        }
        StateSnapshot state = StateSnapshot.EMPTY;
        Set<Long> entries = HashSet.newHashSet(found.size());
        for (StateEntry entry : found) {
            if (entry.room() != room || entry.key() == 0) {
                return new Unbelievable(entry.id() + " is not a state event of the room");
            }
            if (entry.status() == EventStatus.REJECTED) {
                continue;
            }
            if (state.get(entry.key()) != 0) {
                return new Unbelievable("two events for the key of " + entry.id());
            }
            state = state.with(entry.key(), entry.number(), tools.states());
            entries.add(entry.number());
        }
        String fault = createFault(state, version, memory);
        return fault == null ? new Believed(state, entries) : new Unbelievable(fault);
    }

    private static @Nullable String createFault(
            StateSnapshot state, RoomVersion version, UnitMemory memory) {
        var create = memory.state(state, List.of(StateKey.CREATE)).get(StateKey.CREATE);
        if (create == null) {
            return "it has no " + EventTypes.CREATE;
        }
        Event event = create.event();
        String made = event.content().string("room_version").orElse("1");
        return made.equals(version.id()) ? null : "its room is of version " + made;
    }
}
