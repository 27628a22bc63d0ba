package org.valise.devices.removal;

import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChanged;
import org.valise.devices.keys.DeviceKeysStore;
import org.valise.devices.keys.OneTimeKeyStore;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.rooms.members.MembershipStore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The keys of devices: who tracks them learns that they are gone.
public final class KeysOfGoneDevices implements Belongings {
    private final DeviceCommits commits;
    private final OneTimeKeyStore oneTimeKeys;
    private final MembershipStore memberships;

    public KeysOfGoneDevices(
            DeviceCommits commits, OneTimeKeyStore oneTimeKeys, MembershipStore memberships) {
        this.commits = commits;
        this.oneTimeKeys = oneTimeKeys;
        this.memberships = memberships;
    }

    @Override
    public void delete(List<GoneDevice> gone) {
        List<Long> users = gone.stream().map(GoneDevice::user).distinct().toList();
        commits.write(new Unit(gone, memberships.joinedRooms(users, Long.MAX_VALUE)));
        oneTimeKeys.deleteGone(users.stream().mapToLong(Long::longValue).toArray());
    }

    private static final class Unit implements DeviceCommits.Work {
        private final List<GoneDevice> gone;
        private final Map<Long, List<Long>> rooms;
        private final Set<Long> changed = ConcurrentHashMap.newKeySet();

        Unit(List<GoneDevice> gone, Map<Long, List<Long>> rooms) {
            this.gone = gone;
            this.rooms = rooms;
        }

        @Override
        public int rows() {
            return 2 * gone.size();
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            changed.clear();
            for (GoneDevice device : gone) {
                DeviceKeysStore.deleteGone(
                        batch,
                        ordinal,
                        device.user(),
                        device.device(),
                        () -> changed.add(device.user()));
            }
        }

        @Override
        public List<Change> changes(long position) {
            List<Change> changes = new ArrayList<>();
            for (long user : changed) {
                changes.add(
                        new DeviceListChanged(
                                position, user, rooms.getOrDefault(user, List.of()), 0));
            }
            return changes;
        }
    }
}
