package org.valise.devices.remote;

import org.valise.devices.changes.DeviceCommits;
import org.valise.devices.changes.DeviceListChanged;
import org.valise.devices.changes.DeviceListStore;
import org.valise.devices.changes.UserRooms;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.Stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tells clients that the devices or keys of users of other servers may have changed.
final class Announcements {
    /// Who moves from room to room all the time is not told of for ever.
    private static final int MOST_ROUNDS = 5;

    private final RemoteUserStore store;
    private final DeviceCommits commits;
    private final UserRooms rooms;
    private final Stream stream;

    Announcements(RemoteUserStore store, DeviceCommits commits, UserRooms rooms, Stream stream) {
        this.store = store;
        this.commits = commits;
        this.rooms = rooms;
        this.stream = stream;
    }

    /// Returns when whoever shares a room with one of them can read of it.
    void announce(Collection<Long> users) {
        Map<Long, List<Long>> known = rooms.of(users, stream.applied());
        Set<Long> unshared = new HashSet<>(users);
        unshared.removeAll(known.keySet());
        if (!unshared.isEmpty()) {
            store.nobodyToTell(unshared);
        }
        for (int round = 0; round < MOST_ROUNDS && !known.isEmpty(); round++) {
            commits.write(new Unit(known));
            // Somebody may have come into a room between the look at the rooms and the commit.
            Map<Long, List<Long>> now = rooms.of(known.keySet(), stream.applied());
            Map<Long, List<Long>> before = known;
            now.entrySet()
                    .removeIf(user ->
                            before.getOrDefault(user.getKey(), List.of())
                                    .containsAll(user.getValue()));
            known = now;
        }
    }

    /// @param rooms of each user, of whom everybody there is told
    private record Unit(Map<Long, List<Long>> rooms) implements DeviceCommits.Work {
        Unit {
            rooms = Map.copyOf(rooms);
        }

        @Override
        public int rows() {
            return 2 * rooms.size();
        }

        @Override
        public void addTo(CommitBatch batch, int ordinal) {
            for (long user : rooms.keySet()) {
                RemoteUserStore.told(batch, user);
                DeviceListStore.changed(batch, ordinal, user, DeviceListStore.NO_DEVICE);
            }
        }

        @Override
        public List<Change> changes(long position) {
            List<Change> changes = new ArrayList<>();
            rooms.forEach((user, ofUser) ->
                    changes.add(new DeviceListChanged(position, user, ofUser, 0)));
            return changes;
        }
    }
}
