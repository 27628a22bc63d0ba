package org.valise.devices.removal;

import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChange;
import org.valise.devices.changes.DeviceListChanged;
import org.valise.platform.stream.CommitBatch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Lets a device's new name be a change of its user's device list: *changes in device information
/// such as the device's human-readable name*.
public final class NamesInDeviceLists implements RenamedDevices {
    private final DeviceCommits commits;

    public NamesInDeviceLists(DeviceCommits commits) {
        this.commits = commits;
    }

    @Override
    public void tell(Map<Long, Set<String>> devices) {
        commits.write(new Unit(devices));
    }

    private static final class Unit implements DeviceCommits.Work {
        private final Map<Long, Set<String>> devices;
        private final Map<Long, DeviceListChange> lists = new HashMap<>();

        Unit(Map<Long, Set<String>> devices) {
            this.devices = devices;
            devices.keySet().forEach(user -> lists.put(user, new DeviceListChange(user)));
        }

        @Override
        public int rows() {
            return devices.values().stream().mapToInt(Set::size).sum();
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            int next = ordinal;
            for (Map.Entry<Long, Set<String>> ofUser : devices.entrySet()) {
                Objects.requireNonNull(lists.get(ofUser.getKey()))
                        .addTo(
                                batch,
                                next == 0 ? batch.position() : next,
                                List.copyOf(ofUser.getValue()));
                next = 0;
            }
        }

        @Override
        public List<DeviceListChanged> changes(long position) {
            return lists.values().stream().map(list -> list.at(position)).toList();
        }
    }
}
