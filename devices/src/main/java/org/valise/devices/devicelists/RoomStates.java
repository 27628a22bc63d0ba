package org.valise.devices.devicelists;

import org.valise.rooms.state.StateSnapshot;

/// The states of rooms at the two ends of a part of the stream.
interface RoomStates {
    StateSnapshot before(long room);

    StateSnapshot after(long room);
}
