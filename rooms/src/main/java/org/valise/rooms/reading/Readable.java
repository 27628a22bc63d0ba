package org.valise.rooms.reading;

import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.view.RoomView;

/// A room as somebody may read it.
///
/// @param asOf the position as of which: now, or that of leaving
/// @param joined whether the reader is in the room now
public record Readable(RoomRef room, RoomView view, long asOf, boolean joined) {
    public StateSnapshot state() {
        return view.stateAt(asOf);
    }
}
