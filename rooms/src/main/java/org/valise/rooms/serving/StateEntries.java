package org.valise.rooms.serving;

import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;

/// The events that a state consists of, some at a time: there may be as many as a room has members.
public final class StateEntries implements Iterator<List<StoredEvent>> {
    private static final int CHUNK = 500;

    private final EventStore events;
    private final long room;
    private final long[] numbers;
    private int next;

    public StateEntries(EventStore events, long room, StateSnapshot state) {
        this.events = events;
        this.room = room;
        LongStream.Builder all = LongStream.builder();
        state.forEachOther((key, event) -> all.add(event));
        state.forEachMember((key, event) -> all.add(event));
        this.numbers = all.build().toArray();
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
        return events.byNumbers(room, Arrays.copyOfRange(numbers, from, next));
    }
}
