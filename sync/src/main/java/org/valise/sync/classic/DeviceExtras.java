package org.valise.sync.classic;

import org.valise.rooms.rendering.JsonBuffer;
import org.valise.sync.streams.UserView;

/// What a sync response tells one device of end-to-end encryption: whose device lists changed, how
/// many keys of its own are left, what was sent to it.
public interface DeviceExtras {
    /// Appends `,"device_lists":…` and the like.
    ///
    /// Asked each time a sync looks whether there is something to say: must cost no query while
    /// nothing changes.
    ///
    /// @return whether that alone is worth a response
    boolean render(UserView user, SyncRequest request, JsonBuffer out);
}
