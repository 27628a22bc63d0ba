package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.filter.Filter;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.tokens.StreamToken;

import java.util.Set;

/// What a device asks of a sync, and up to where it is answered.
///
/// @param since null for an initial sync
/// @param fullState whether to send all state of all rooms, as if `since` were not given
/// @param state where the state of rooms stands
/// @param lookups what may have to be read
/// @param ignored user ids whose messages the user does not want
record SyncRequest(
        Caller caller,
        Reader reader,
        Filter filter,
        @Nullable StreamToken since,
        boolean fullState,
        StateField state,
        Set<String> ignored,
        Lookups lookups,
        StreamToken upTo) {
    long sincePosition() {
        return since == null ? 0 : since.position();
    }

    long position() {
        return upTo.position();
    }

    /// Whether state runs to the end of the timelines, not to their start.
    boolean stateAfter() {
        return state != StateField.STATE;
    }

    boolean isInitial() {
        return since == null;
    }
}
