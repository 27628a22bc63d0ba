package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// The state an event is judged against: before the event, of its auth events, or current. The
/// rules ask only for the keys that [AuthRules#needs] names.
@FunctionalInterface
public interface AuthState {

    /// The state event under this key, or null where the room has none.
    @Nullable Event get(StateKey key);

    /// The power levels of this state. Whoever holds a room's state in memory overrides this with a
    /// kept value, for a large room's `m.room.power_levels` is long and is asked about for each
    /// event.
    default PowerLevels powerLevels(RoomVersion version, Event create) {
        return PowerLevels.of(version, get(StateKey.POWER_LEVELS), create);
    }

    static AuthState of(Map<StateKey, Event> events) {
        return events::get;
    }

    /// The state that consists of these events. In room versions where the create event is not
    /// among an event's auth events, the caller adds it.
    static AuthState of(Collection<Event> events) {
        Map<StateKey, Event> byKey = HashMap.newHashMap(events.size());
        for (Event event : events) {
            if (event.isState()) {
                byKey.put(event.key(), event);
            }
        }
        return byKey::get;
    }
}
