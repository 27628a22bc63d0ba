package org.valise.devices.devicelists;

import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Who is in a room together with one user, at the two ends of a part of the stream and in between.
/// Users stand for their state key's number here, so that those of other servers are like any.
final class Togetherness {
    /// A chain of that many member events is not followed: it counts as interrupted.
    private static final int MAX_CHAIN = 100;

    private final Rooms rooms;
    private final RoomStates states;
    private final long self;

    Togetherness(Rooms rooms, RoomStates states, long self) {
        this.rooms = rooms;
        this.states = states;
        this.self = self;
    }

    /// Those who may have come to the user, or gone from them, in one room.
    ///
    /// @param came who are with the user at the end, and were not all the time
    /// @param went who were with the user at the beginning, and are not at the end
    /// @param entered whether the user is in at the end, and was not all the time
    record Movement(Set<Long> came, Set<Long> went, boolean entered) {
        static final Movement NONE = new Movement(Set.of(), Set.of(), false);
    }

    Movement in(long room) {
        StateSnapshot before = states.before(room);
        StateSnapshot after = states.after(room);
        if (before == after || before.hasSameMembers(after)) {
            return Movement.NONE; // what most changes of a room are: messages
        }
        Set<Long> came = new HashSet<>();
        Set<Long> went = new HashSet<>();
        boolean wasIn = isJoined(room, before.get(self));
        boolean isIn = isJoined(room, after.get(self));
        boolean stayed = wasIn && isIn && stayed(room, self, before, after);
        if (stayed) {
            Map<Long, long[]> differences = new HashMap<>();
            before.diffMembers(
                    after, (key, old, now) -> differences.put(key, new long[] {old, now}));
            load(room, differences.values());
            differences.forEach((key, events) -> {
                boolean was = isJoined(room, events[0]);
                boolean is = isJoined(room, events[1]);
                if (is && !(was && isUnbroken(room, key, events[0], events[1]))) {
                    came.add(key);
                } else if (was && !is) {
                    went.add(key);
                }
            });
        } else {
            if (isIn) {
                came.addAll(joined(room, after));
            }
            if (wasIn) {
                went.addAll(joined(room, before));
                went.removeAll(isIn ? came : Set.of());
            }
        }
        came.remove(self);
        went.remove(self);
        return new Movement(came, went, isIn && !stayed);
    }

    /// Those of the others who are in the room at the end, with the user.
    Set<Long> togetherAfter(long room, Collection<Long> others) {
        StateSnapshot after = states.after(room);
        Set<Long> together = new HashSet<>();
        if (isJoined(room, after.get(self))) {
            together.addAll(joinedOf(room, after, others));
        }
        return together;
    }

    /// Those of the others who were in the room with the user all the time.
    Set<Long> togetherThroughout(long room, Collection<Long> others) {
        StateSnapshot before = states.before(room);
        StateSnapshot after = states.after(room);
        Set<Long> together = new HashSet<>();
        if (stayed(room, self, before, after)) {
            for (long key : joinedOf(room, after, others)) {
                if (stayed(room, key, before, after)) {
                    together.add(key);
                }
            }
        }
        return together;
    }

    private boolean stayed(long room, long key, StateSnapshot before, StateSnapshot after) {
        long old = before.get(key);
        return isJoined(room, old)
                && (old == after.get(key) || isUnbroken(room, key, old, after.get(key)));
    }

    /// Whether each member event from one to the other is a join: a changed profile, say, and not a
    /// leave and another join.
    private boolean isUnbroken(long room, long key, long first, long last) {
        long number = last;
        for (int i = 0; i < MAX_CHAIN && isJoined(room, number); i++) {
            if (number == first) {
                return true;
            }
            StoredEvent event = rooms.events().get(room, number);
            number = rooms.states().snapshot(event.snapshotBefore()).get(key);
        }
        return false;
    }

    private Set<Long> joined(long room, StateSnapshot state) {
        Map<Long, long[]> all = new HashMap<>();
        state.forEachMember((key, event) -> all.put(key, new long[] {event}));
        return joined(room, all);
    }

    private Set<Long> joinedOf(long room, StateSnapshot state, Collection<Long> others) {
        Map<Long, long[]> known = new HashMap<>();
        for (long key : others) {
            long event = state.get(key);
            if (event != 0) {
                known.put(key, new long[] {event});
            }
        }
        return joined(room, known);
    }

    private Set<Long> joined(long room, Map<Long, long[]> events) {
        Map<Long, StoredEvent> loaded = load(room, events.values());
        Set<Long> joined = new HashSet<>();
        events.forEach((key, event) -> {
            if (isJoin(Objects.requireNonNull(loaded.get(event[0])))) {
                joined.add(key);
            }
        });
        return joined;
    }

    private Map<Long, StoredEvent> load(long room, Collection<long[]> events) {
        Set<Long> numbers = new HashSet<>();
        for (long[] some : events) {
            for (long number : some) {
                if (number != 0) {
                    numbers.add(number);
                }
            }
        }
        return rooms.events().load(room, numbers);
    }

    private boolean isJoined(long room, long event) {
        return event != 0 && isJoin(rooms.events().get(room, event));
    }

    private static boolean isJoin(StoredEvent event) {
        return Membership.of(event.event().content())
                .filter(membership -> membership == Membership.JOIN)
                .isPresent();
    }

    /// The number that stands for a user; 0 if they never were in any room.
    static long key(Rooms rooms, UserId user) {
        return rooms.keys().find(StateKey.member(user)).orElse(0L);
    }
}
