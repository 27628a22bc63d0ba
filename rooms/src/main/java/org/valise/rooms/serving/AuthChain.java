package org.valise.rooms.serving;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/// "The full set of authorisation events […], and their authorisation events, recursively", some at
/// a time and without recursion: a chain may be as long as its room is old.
public final class AuthChain implements Iterator<List<StoredEvent>> {
    private static final int CHUNK = 500;

    /// SECURITY: strangers make chains as long as they like; no request walks further.
    private static final int MAX_EVENTS = 500_000;

    private final EventStore events;
    private final RoomRef room;
    private final Set<EventId> met = new HashSet<>();
    private final Deque<EventId> open = new ArrayDeque<>();

    public AuthChain(EventStore events, RoomRef room) {
        this.events = events;
        this.room = room;
    }

    /// Adds what an event is authorized by. Where no event names the create event, all follow it.
    public void addFor(Event event) {
        event.authEvents().forEach(this::add);
        room.id().createEvent().filter(create -> !create.equals(event.id())).ifPresent(this::add);
    }

    private void add(EventId id) {
        if (met.add(id)) {
            open.add(id);
        }
        if (met.size() > MAX_EVENTS) {
            throw new IllegalStateException("an auth chain of over " + MAX_EVENTS + " events");
        }
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
        List<String> ids = new ArrayList<>();
        while (ids.size() < CHUNK && !open.isEmpty()) {
            ids.add(open.remove().value());
        }
        List<StoredEvent> found =
                events.byIds(ids.toArray(String[]::new)).stream()
                        .filter(event -> event.room() == room.number())
                        .toList();
        found.forEach(event -> addFor(event.event()));
        return found;
    }
}
