package org.valise.rooms.view;

import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The state of many rooms at once: from memory where they are being read, else in a handful of
/// queries, without making views of them.
public final class CurrentRooms {
    private final RoomViews views;
    private final CurrentStateStore currentStates;
    private final StateStore states;

    public CurrentRooms(RoomViews views, CurrentStateStore currentStates, StateStore states) {
        this.views = views;
        this.currentStates = currentStates;
        this.states = states;
    }

    /// The rooms as of a position, by number; those that had not begun are missing.
    public Map<Long, CurrentRoom> at(Collection<Long> wanted, long position) {
        Map<Long, CurrentRoom> found = new HashMap<>();
        List<Long> unknown = new ArrayList<>();
        for (long room : wanted) {
            views.known(room)
                    .ifPresentOrElse(
                            view ->
                                    found.put(
                                            room,
                                            new CurrentRoom(
                                                    view.stateAt(position),
                                                    view.membersAt(position))),
                            () -> unknown.add(room));
        }
        Map<Long, CurrentStateStore.Entry> entries = currentStates.at(unknown, position);
        Map<Long, StateSnapshot> snapshots =
                states.snapshots(
                        entries.values().stream().map(CurrentStateStore.Entry::snapshot).toList());
        entries.forEach((room, entry) ->
                found.put(
                        room,
                        new CurrentRoom(
                                snapshots.getOrDefault(entry.snapshot(), StateSnapshot.EMPTY),
                                entry.members())));
        return found;
    }

    /// A room at one moment.
    public record CurrentRoom(StateSnapshot state, MemberCounts members) {}
}
