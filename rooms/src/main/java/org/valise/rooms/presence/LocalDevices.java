package org.valise.rooms.presence;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The devices that sync through this node. Times are milliseconds since 1970. Safe for any number
/// of threads.
final class LocalDevices {
    private final long idleAfter;
    private final long offlineAfter;

    /// By user, then by session.
    private final Map<Long, Map<Long, Device>> users = new HashMap<>();

    LocalDevices(PresenceConfig config) {
        this.idleAfter = config.idleAfter().toMillis();
        this.offlineAfter = config.offlineAfter().toMillis();
    }

    /// What this node knows of a user.
    record Local(PresenceState state, long active) {
        static final Local GONE = new Local(PresenceState.OFFLINE, 0);
    }

    private static final class Device {
        /// What it wants to be taken for.
        PresenceState wanted = PresenceState.OFFLINE;

        long active;
        long seen;
        int syncs;
    }

    /// A sync begins. "If this parameter is omitted then the client is automatically marked as
    /// online when it uses this API": one that was gone, that is; whoever is away stays away while
    /// their client goes on syncing.
    ///
    /// @param wanted `set_presence`; null if it is omitted
    synchronized void begins(long user, long session, @Nullable PresenceState wanted, long now) {
        Device device = device(user, session);
        boolean gone = device.wanted == PresenceState.OFFLINE;
        device.syncs++;
        device.seen = now;
        if (wanted != null) {
            device.wanted = wanted;
        } else if (gone) {
            device.wanted = PresenceState.ONLINE;
        }
        if (wanted == PresenceState.ONLINE || wanted == null && gone) {
            device.active = now;
        }
    }

    synchronized void ends(long user, long session, long now) {
        Device device = device(user, session);
        device.syncs = Math.max(0, device.syncs - 1);
        device.seen = now;
    }

    /// The device says what to take it for.
    synchronized void set(long user, long session, PresenceState wanted, long now) {
        Device device = device(user, session);
        device.wanted = wanted;
        device.seen = now;
        device.active = now;
    }

    /// "Any activity that bumps the last active time on any of the user's clients will cause the
    /// server to automatically set their presence to `online`", unless the device hides.
    ///
    /// @return whether it was known
    synchronized boolean active(long user, long session, long now) {
        Map<Long, Device> devices = users.get(user);
        Device device = devices == null ? null : devices.get(session);
        if (device == null || device.wanted == PresenceState.OFFLINE) {
            return false;
        }
        device.active = now;
        device.seen = Math.max(device.seen, now);
        device.wanted = PresenceState.ONLINE;
        return true;
    }

    /// The state of a user as of now; devices that are gone are forgotten.
    synchronized Local of(long user, long now) {
        Map<Long, Device> devices = users.get(user);
        if (devices == null) {
            return Local.GONE;
        }
        devices.values().removeIf(device -> device.syncs == 0 && device.seen + offlineAfter <= now);
        if (devices.isEmpty()) {
            users.remove(user);
            return Local.GONE;
        }
        PresenceState state = PresenceState.OFFLINE;
        long active = 0;
        for (Device device : devices.values()) {
            PresenceState one = state(device, now);
            state = one.compareTo(state) < 0 ? one : state;
            active = Math.max(active, device.active);
        }
        return new Local(state, active);
    }

    private PresenceState state(Device device, long now) {
        return device.wanted == PresenceState.ONLINE && device.active + idleAfter <= now
                ? PresenceState.UNAVAILABLE
                : device.wanted;
    }

    synchronized Set<Long> users() {
        return new HashSet<>(users.keySet());
    }

    private Device device(long user, long session) {
        return users.computeIfAbsent(user, any -> new HashMap<>())
                .computeIfAbsent(session, any -> new Device());
    }
}
