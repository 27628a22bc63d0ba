package org.valise.rooms.spaces;

import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.summaries.RoomSummary;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/// Reads the links of spaces, in two queries for all of them.
public final class SpaceLinks {
    private final StateKeys keys;
    private final Events events;

    public SpaceLinks(StateKeys keys, Events events) {
        this.keys = keys;
        this.events = events;
    }

    /// The links of those that are spaces, in their order, by the room's number.
    Map<Long, List<SpaceChild>> of(Collection<RoomSummary> rooms, boolean suggestedOnly) {
        List<RoomSummary> spaces = rooms.stream().filter(RoomSummary::isSpace).toList();
        Map<Long, List<Long>> numbers = numbers(spaces);
        Map<Long, StoredEvent> loaded = events.load(numbers);
        Map<Long, List<SpaceChild>> links = new HashMap<>();
        numbers.forEach((room, wanted) ->
                links.put(
                        room,
                        wanted.stream()
                                .map(loaded::get)
                                .flatMap(event -> Optional.ofNullable(event).stream())
                                .flatMap(event -> SpaceChild.of(event.event()).stream())
                                .filter(child -> !suggestedOnly || child.isSuggested())
                                .sorted(SpaceChild.ORDER)
                                .toList()));
        return links;
    }

    /// The numbers of the `m.space.child` events of spaces, by room.
    private Map<Long, List<Long>> numbers(List<RoomSummary> spaces) {
        LongStream.Builder used = LongStream.builder();
        spaces.forEach(space -> space.state().forEachOther((key, event) -> used.add(key)));
        Map<Long, StateKey> names = keys.names(used.build().distinct().toArray());
        Map<Long, List<Long>> links = new HashMap<>();
        for (RoomSummary space : spaces) {
            List<Long> numbers = new ArrayList<>();
            space.state()
                    .forEachOther((key, event) -> {
                        StateKey name = names.get(key);
                        if (name != null && name.type().equals(EventTypes.SPACE_CHILD)) {
                            numbers.add(event);
                        }
                    });
            links.put(space.room().number(), numbers);
        }
        return links;
    }
}
