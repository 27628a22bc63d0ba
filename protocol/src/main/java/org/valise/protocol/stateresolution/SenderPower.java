package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

/// The power level of an event's sender "when looking at their respective `auth_event`s".
final class SenderPower {
    private final RoomVersion version;
    private final AuthGraph graph;
    private final LoadedEvents loaded;

    SenderPower(RoomVersion version, AuthGraph graph, LoadedEvents loaded) {
        this.version = version;
        this.graph = graph;
        this.loaded = loaded;
    }

    long of(int number) {
        int powerLevels = graph.powerLevels(number);
        Event create = citedCreate(number);
        if (create == null) {
            // Levels read the create event only for who made the room, so the one that the event
            // should have cited does as well. Without either, it is nobody's room.
            create = powerLevels == AuthGraph.NONE ? null : loaded.event(graph.create());
        }
        return create == null
                ? 0
                : loaded.powerLevels(version, powerLevels, create)
                        .userLevel(loaded.loaded(number).sender());
    }

    private @Nullable Event citedCreate(int number) {
        if (version.has(Tweak.ROOM_ID_IS_HASH)) {
            return loaded.event(graph.create());
        }
        for (int cited : graph.authEvents(number)) {
            Event event = loaded.event(cited);
            if (event != null && event.type().equals(EventTypes.CREATE)) {
                return event;
            }
        }
        return null;
    }
}
