package org.valise.rooms.serving;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SequencedSet;
import java.util.Set;

/// "The full set of authorisation events […], and their authorisation events, recursively", some at
/// a time and without recursion: a chain may be as long as its room is old.
public final class AuthChain implements Iterator<List<StoredEvent>> {
    private static final int CHUNK = 500;

    /// SECURITY: strangers make chains as long as they like; no request walks further.
    private static final int MAX_EVENTS = 500_000;

    private final Events events;
    private final long room;
    private final Set<EventId> met = new HashSet<>();
    private final SequencedSet<EventId> open = new LinkedHashSet<>();

    public AuthChain(Events events, long room) {
        this.events = events;
        this.room = room;
    }

    /// Adds what an event is authorized by. Where no event names the create event, all follow it.
    public void addFor(Event event) {
        event.authEvents().forEach(this::add);
        event.roomId()
                .createEvent()
                .filter(create -> !create.equals(event.id()))
                .ifPresent(this::add);
    }

    private void add(EventId id) {
        if (met.add(id)) {
            open.add(id);
        }
        if (met.size() > MAX_EVENTS) {
            throw new IllegalStateException("an auth chain of over " + MAX_EVENTS + " events");
        }
    }

    /// Events that are given beside the chain and before it: what they are authorized by is added
    /// as they go by.
    ///
    /// @param again whether the chain gives them another time where they belong to it
    public Iterator<List<StoredEvent>> behind(Iterator<List<StoredEvent>> given, boolean again) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return given.hasNext();
            }

            @Override
            public List<StoredEvent> next() {
                List<StoredEvent> chunk = given.next();
                chunk.forEach(each -> addFor(each.event()));
                if (!again) {
                    chunk.forEach(each -> leaveOut(each.id()));
                }
                return chunk;
            }
        };
    }

    private void leaveOut(EventId id) {
        met.add(id);
        open.remove(id);
    }

    @Override
    public boolean hasNext() {
        return !open.isEmpty();
    }

    /// The next events: possibly none where some are not here.
    @Override
    public List<StoredEvent> next() {
        if (open.isEmpty()) {
            throw new NoSuchElementException();
        }
        List<EventId> ids = new ArrayList<>();
        while (ids.size() < CHUNK && !open.isEmpty()) {
            ids.add(open.removeFirst());
        }
        List<StoredEvent> found =
                events.inPassing(ids).stream().filter(event -> event.room() == room).toList();
        found.forEach(event -> addFor(event.event()));
        return found;
    }
}
