package org.valise.rooms.directory;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.reading.Readable;
import org.valise.rooms.reading.StateEvents;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Optional;

/// Who speaks for a room in the directory: whoever may set its canonical alias.
final class DirectoryRights {
    private final StateEvents state;

    DirectoryRights(StateEvents state) {
        this.state = state;
    }

    /// @param room as its member reads it
    boolean has(Caller caller, Readable room) {
        if (caller.admin()) {
            return true;
        }
        Optional<StoredEvent> create = state.find(room, StateKey.CREATE);
        @Nullable StoredEvent levels = state.find(room, StateKey.POWER_LEVELS).orElse(null);
        if (create.isEmpty()) {
            return false;
        }
        PowerLevels powers =
                PowerLevels.of(
                        room.room().version(),
                        levels == null ? null : levels.event(),
                        create.get().event());
        return powers.userLevel(caller.user()) >= powers.stateLevel(EventTypes.CANONICAL_ALIAS);
    }
}
