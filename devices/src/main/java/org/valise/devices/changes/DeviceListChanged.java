package org.valise.devices.changes;

import org.valise.platform.stream.Change;

import java.util.List;

/// A user's devices, or their keys, changed: whoever tracks them asks anew.
///
/// @param user the number of the user whose list it is
/// @param rooms the rooms that user was in, whose members learn of it
/// @param audience the number of the user who alone learns of it; 0: everybody who may
public record DeviceListChanged(long position, long user, List<Long> rooms, long audience)
        implements Change {
    public DeviceListChanged {
        rooms = List.copyOf(rooms);
    }

    public boolean isForEverybody() {
        return audience == 0;
    }
}
