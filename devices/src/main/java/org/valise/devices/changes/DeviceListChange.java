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
    /// @param devices [DeviceListStore#NO_DEVICE] for cross-signing keys
    public void addTo(CommitBatch batch, int ordinal, List<String> devices) {
        devices.forEach(device -> DeviceListStore.changed(batch, ordinal, user, device));
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
