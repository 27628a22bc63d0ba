package org.valise.rooms.lane;

import org.valise.protocol.id.EventId;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.RoomOrder;

import java.util.List;

/// What a writer must know of a room: the newest row of `rooms.head`.
///
/// @param version 0 before the first commit
/// @param elsewhere how many of the joined members are of other servers
/// @param nextIndex the next place in the live segment
record Head(
        long version,
        List<Extremity> extremities,
        StateSnapshot current,
        MemberCounts members,
        int elsewhere,
        int segment,
        long nextIndex) {
    static final Head NONE =
            new Head(0, List.of(), StateSnapshot.EMPTY, MemberCounts.NONE, 0, 0, 0);

    /// A forward extremity: an accepted event without an accepted child.
    record Extremity(long number, EventId id, long depth) {}

    /// The same as of the next commit.
    Head next() {
        return new Head(version + 1, extremities, current, members, elsewhere, segment, nextIndex);
    }

    /// The same with a new event in the last place.
    Head after(
            RoomOrder place,
            List<Extremity> newExtremities,
            StateSnapshot newState,
            MemberCounts newMembers,
            int newElsewhere) {
        return new Head(
                version,
                newExtremities,
                newState,
                newMembers,
                newElsewhere,
                place.segment(),
                place.index() + 1);
    }

    Head withoutExtremities() {
        return new Head(version, List.of(), current, members, elsewhere, segment, nextIndex);
    }

    long depth() {
        return extremities.stream().mapToLong(Extremity::depth).max().orElse(0);
    }
}
