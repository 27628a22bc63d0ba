package org.valise.devices.changes;

import org.valise.platform.stream.CommitBatch;
import org.valise.rooms.members.MembershipStore;

import java.util.ArrayList;
import java.util.List;

/// A change of a user's device list on its way into the one order.
///
/// Which rooms the user is in is asked in the commit itself: whoever comes into a room before the
/// change learns of the change, whoever comes after it of the newcomer.
public final class DeviceListChange {
    private final long user;
    private final List<Long> rooms = new ArrayList<>();

    public DeviceListChange(long user) {
        this.user = user;
    }

    /// Takes note that everybody who shares a room with the user learns of it; called again if the
    /// batch must be repeated.
    ///
    /// Each further device has a position of its own, for other servers are sent an update of each:
    /// a `stream_id` is *unique for a given user_id*.
    ///
    /// @param devices [DeviceListStore#NO_DEVICE] for cross-signing keys
    public void addTo(CommitBatch batch, int ordinal, List<String> devices) {
        int next = ordinal;
        for (String device : devices) {
            DeviceListStore.changed(batch, next == 0 ? batch.position() : next, user, device);
            next = 0;
        }
        askRooms(batch);
    }

    /// The same where the change itself is noted by another statement.
    public void askRooms(CommitBatch batch) {
        rooms.clear();
        MembershipStore.joinedRooms(batch, user, rooms::add);
    }

    /// The change, once it is committed.
    public DeviceListChanged at(long position) {
        return new DeviceListChanged(position, user, rooms, 0);
    }
}
