package org.valise.devices.removal;

import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChange;
import org.valise.devices.keys.DeviceKeysStore;
import org.valise.devices.keys.OneTimeKeyStore;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The keys of devices: who tracks them learns that they are gone.
public final class KeysOfGoneDevices implements Belongings {
    private final DeviceCommits commits;
    private final OneTimeKeyStore oneTimeKeys;

    public KeysOfGoneDevices(DeviceCommits commits, OneTimeKeyStore oneTimeKeys) {
        this.commits = commits;
        this.oneTimeKeys = oneTimeKeys;
    }

    @Override
    public void delete(List<GoneDevice> gone) {
        List<Long> users = gone.stream().map(GoneDevice::user).distinct().toList();
        commits.write(new Unit(gone, users));
        oneTimeKeys.deleteGone(users.stream().mapToLong(Long::longValue).toArray());
    }

    private static final class Unit implements DeviceCommits.Work {
        private final List<GoneDevice> gone;
        private final Map<Long, DeviceListChange> lists = new HashMap<>();
        private final Set<Long> changed = new HashSet<>();

        Unit(List<GoneDevice> gone, List<Long> users) {
            this.gone = gone;
            users.forEach(user -> lists.put(user, new DeviceListChange(user)));
        }

        @Override
        public int rows() {
            return 2 * gone.size();
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            changed.clear();
            int next = ordinal;
            for (GoneDevice device : gone) {
                // Each has a position of its own: other servers are sent an update of each.
                DeviceKeysStore.deleteGone(
                        batch,
                        next == 0 ? batch.position() : next,
                        device.user(),
                        device.device(),
                        () -> changed.add(device.user()));
                next = 0;
            }
            lists.values().forEach(list -> list.askRooms(batch));
        }

        @Override
        public List<Change> changes(long position) {
            List<Change> changes = new ArrayList<>();
            for (long user : changed) {
                changes.add(Objects.requireNonNull(lists.get(user)).at(position));
            }
            return changes;
        }
    }
}
