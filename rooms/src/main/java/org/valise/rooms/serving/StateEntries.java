package org.valise.rooms.serving;

import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;

/// The events that a state consists of, some at a time: there may be as many as a room has members.
public final class StateEntries implements Iterator<List<StoredEvent>> {
    private static final int CHUNK = 500;

    private final Events events;
    private final long room;
    private final long[] numbers;
    private int next;

    /// @param numbers of the events
    public StateEntries(Events events, long room, LongStream numbers) {
        this.events = events;
        this.room = room;
        this.numbers = numbers.sorted().toArray();
    }

    /// All entries of a state.
    public static StateEntries of(Events events, long room, StateSnapshot state) {
        LongStream.Builder all = LongStream.builder();
        state.forEachOther((key, event) -> all.add(event));
        state.forEachMember((key, event) -> all.add(event));
        return new StateEntries(events, room, all.build());
    }

    @Override
    public boolean hasNext() {
        return next < numbers.length;
    }

    @Override
    public List<StoredEvent> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        int from = next;
        next = Math.min(numbers.length, from + CHUNK);
        return events.inPassing(room, Arrays.stream(numbers, from, next).boxed().toList());
    }
}
