package org.valise.devices.changes;

import org.valise.platform.stream.ChangeReader;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads which device lists other nodes changed.
public final class DeviceListReader implements ChangeReader {
    private final DeviceListStore store;
    private final UserRooms userRooms;

    public DeviceListReader(DeviceListStore store, UserRooms userRooms) {
        this.store = store;
        this.userRooms = userRooms;
    }

    @Override
    public Set<String> tables() {
        return Set.of("devices.list_change");
    }

    @Override
    public List<DeviceListChanged> read(News news) {
        List<DeviceListStore.Entry> entries = store.between(news.from(), news.to());
        if (entries.isEmpty()) {
            return List.of();
        }
        Map<Long, List<Long>> rooms =
                userRooms.of(
                        entries.stream().map(DeviceListStore.Entry::user).distinct().toList(),
                        news.to());
        return entries.stream()
                .map(entry ->
                        new DeviceListChanged(
                                entry.position(),
                                entry.user(),
                                rooms.getOrDefault(entry.user(), List.of()),
                                entry.audience()))
                .toList();
    }
}
