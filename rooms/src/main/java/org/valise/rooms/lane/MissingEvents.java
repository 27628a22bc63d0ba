package org.valise.rooms.lane;

import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.MissingEventStore;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a lane knows to be missing of its room. A value: a unit that fails leaves the lane's own as
/// it was.
///
/// @param gaps the missing ancestors of each segment that has some
/// @param first the lowest index that such a segment has so far
/// @param waiting who waits for an event
record MissingEvents(
        Map<Integer, Set<EventId>> gaps,
        Map<Integer, Long> first,
        Map<EventId, Set<Long>> waiting) {
    static final int NO_SEGMENT = Integer.MIN_VALUE;

    static MissingEvents load(MissingEventStore store, long room) {
        Map<Integer, Set<EventId>> gaps = new TreeMap<>();
        Map<Integer, Long> first = new HashMap<>();
        for (MissingEventStore.Gap gap : store.gaps(room)) {
            gaps.computeIfAbsent(gap.segment(), any -> new HashSet<>()).add(gap.missing());
            first.put(gap.segment(), gap.first());
        }
        Map<EventId, Set<Long>> waiting = new HashMap<>();
        for (MissingEventStore.Waiter waiter : store.waiting(room)) {
            waiting.computeIfAbsent(waiter.missing(), any -> new HashSet<>()).add(waiter.event());
        }
        return new MissingEvents(gaps, first, waiting);
    }

    /// The oldest segment that lacks this event before it.
    int segmentLacking(EventId event) {
        for (Map.Entry<Integer, Set<EventId>> gap : gaps.entrySet()) {
            if (gap.getValue().contains(event)) {
                return gap.getKey();
            }
        }
        return NO_SEGMENT;
    }

    MissingEvents lacking(int segment, Collection<EventId> missing, long firstIndex) {
        Map<Integer, Set<EventId>> more = new TreeMap<>(gaps);
        Set<EventId> ofSegment = new HashSet<>(more.getOrDefault(segment, Set.of()));
        ofSegment.addAll(missing);
        more.put(segment, ofSegment);
        return new MissingEvents(more, withFirst(segment, firstIndex), waiting);
    }

    /// Further events were placed before a segment's first.
    MissingEvents beginningAt(int segment, long firstIndex) {
        return new MissingEvents(gaps, withFirst(segment, firstIndex), waiting);
    }

    private Map<Integer, Long> withFirst(int segment, long index) {
        Map<Integer, Long> moved = new HashMap<>(first);
        moved.merge(segment, index, Math::min);
        return moved;
    }

    /// No segment lacks this event any more.
    MissingEvents found(EventId event) {
        if (segmentLacking(event) == NO_SEGMENT) {
            return this;
        }
        Map<Integer, Set<EventId>> fewer = new TreeMap<>();
        gaps.forEach((segment, missing) -> {
            Set<EventId> left = new HashSet<>(missing);
            left.remove(event);
            if (!left.isEmpty()) {
                fewer.put(segment, left);
            }
        });
        return new MissingEvents(fewer, first, waiting);
    }

    MissingEvents waitingFor(Collection<EventId> missing, long waiter) {
        Map<EventId, Set<Long>> more = new HashMap<>(waiting);
        for (EventId event : missing) {
            Set<Long> waiters = new HashSet<>(more.getOrDefault(event, Set.of()));
            waiters.add(waiter);
            more.put(event, waiters);
        }
        return new MissingEvents(gaps, first, more);
    }

    /// An event has been judged, and waits for nothing any more.
    MissingEvents judged(long waiter) {
        Map<EventId, Set<Long>> fewer = new HashMap<>();
        waiting.forEach((event, waiters) -> {
            Set<Long> left = new HashSet<>(waiters);
            left.remove(waiter);
            if (!left.isEmpty()) {
                fewer.put(event, left);
            }
        });
        return new MissingEvents(gaps, first, fewer);
    }

    List<Long> waitersFor(EventId event) {
        return waiting.getOrDefault(event, Set.of()).stream().sorted().toList();
    }

    boolean isWaiting(long event) {
        return waiting.values().stream().anyMatch(waiters -> waiters.contains(event));
    }

    int waiters() {
        Set<Long> all = new HashSet<>();
        waiting.values().forEach(all::addAll);
        return all.size();
    }
}
