package org.valise.rooms.reading;

import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The events that a state consists of.
public final class StateEvents {
    private final StateKeys keys;
    private final Events events;
    private final StateStore states;
    private final EventRenderer renderer;

    public StateEvents(StateKeys keys, Events events, StateStore states, EventRenderer renderer) {
        this.keys = keys;
        this.events = events;
        this.states = states;
        this.renderer = renderer;
    }

    public Optional<StoredEvent> find(Readable room, StateKey key) {
        return keys.find(key)
                .map(number -> room.state().get(number))
                .filter(event -> event != 0)
                .map(event -> events.get(room.room().number(), event));
    }

    /// Everything.
    List<StoredEvent> all(Readable room, StateSnapshot state) {
        List<Long> numbers = new ArrayList<>();
        state.forEachOther((key, event) -> numbers.add(event));
        state.forEachMember((key, event) -> numbers.add(event));
        return load(room, numbers);
    }

    /// Everything but the members.
    public List<StoredEvent> others(Readable room, StateSnapshot state) {
        List<Long> numbers = new ArrayList<>();
        state.forEachOther((key, event) -> numbers.add(event));
        return load(room, numbers);
    }

    /// The member events, whatever the membership.
    public List<StoredEvent> members(Readable room, StateSnapshot state) {
        List<Long> numbers = new ArrayList<>();
        state.forEachMember((key, event) -> numbers.add(event));
        return load(room, numbers);
    }

    /// The member events of these users, as far as they have any.
    List<StoredEvent> members(Readable room, StateSnapshot state, Collection<UserId> users) {
        List<Long> numbers = new ArrayList<>();
        for (long key : keys.find(users.stream().map(StateKey::member).toList()).values()) {
            long event = state.get(key);
            if (event != 0) {
                numbers.add(event);
            }
        }
        return load(room, numbers);
    }

    /// The events with these numbers, in at most one query.
    Map<Long, StoredEvent> load(long room, List<Long> numbers) {
        return events.load(room, numbers);
    }

    private List<StoredEvent> load(Readable room, List<Long> numbers) {
        return events.load(room.room().number(), numbers).values().stream()
                .sorted(Comparator.comparingLong(StoredEvent::number))
                .toList();
    }

    /// The state just after an event.
    StateSnapshot after(StoredEvent event) {
        StateSnapshot before = states.snapshot(event.snapshotBefore());
        return event.isState() ? before.with(event.key(), event.number(), states) : before;
    }

    byte[] render(StoredEvent event, Reader reader) {
        return renderer.render(event, reader, Bundles.NONE);
    }

    void render(StoredEvent event, Reader reader, Bundles bundles, JsonBuffer out) {
        renderer.render(event, reader, bundles, out);
    }

    /// Appends an array of state events: nothing is bundled with those.
    void render(List<StoredEvent> list, Reader reader, JsonBuffer out) {
        render(list, reader, Bundles.NONE, out);
    }

    /// Appends an array of events.
    void render(List<StoredEvent> list, Reader reader, Bundles bundles, JsonBuffer out) {
        out.ascii("[");
        for (int i = 0; i < list.size(); i++) {
            out.ascii(i == 0 ? "" : ",");
            renderer.render(list.get(i), reader, bundles, out);
        }
        out.ascii("]");
    }
}
