package org.valise.devices.devicelists;

import java.util.Set;
import java.util.TreeSet;

/// What changed between two positions, for one user: ids of users.
///
/// @param changed whose devices or keys changed, or who share a room now and did not before; the
///   user, too, who has entered such a room
/// @param left with whom the user shares no room any more
public record DeviceListChanges(Set<String> changed, Set<String> left) {
    public static final DeviceListChanges NONE = new DeviceListChanges(Set.of(), Set.of());

    public DeviceListChanges {
        changed = new TreeSet<>(changed);
        left = new TreeSet<>(left);
    }

    public boolean isEmpty() {
        return changed.isEmpty() && left.isEmpty();
    }
}
