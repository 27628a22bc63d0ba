package org.valise.devices.keys;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// The devices and keys of users of this server, as other servers are told of them.
public final class OwnDevices {
    private final DeviceKeysStore devices;
    private final CrossSigningStore crossSigning;
    private final boolean showNames;

    /// @param showNames whether others see how a user calls a device
    public OwnDevices(DeviceKeysStore devices, CrossSigningStore crossSigning, boolean showNames) {
        this.devices = devices;
        this.crossSigning = crossSigning;
        this.showNames = showNames;
    }

    /// An update of the device with which each of these users logged in last, by their number,
    /// without its keys.
    public Map<Long, JsonObject> newest(Collection<Long> users) {
        Map<Long, JsonObject> newest = new HashMap<>();
        if (!users.isEmpty()) {
            for (DeviceKeysStore.Named device : devices.newest(users)) {
                newest.put(
                        device.user(),
                        JsonObject.builder()
                                .put("device_id", device.device())
                                .putIfPresent(
                                        "device_display_name",
                                        showNames ? device.displayName() : null)
                                .build());
            }
        }
        return newest;
    }

    /// The devices that have keys, in two queries; without those who have no account here.
    public Map<UserId, PublishedDevices> of(Collection<UserId> users) {
        String[] ids = users.stream().map(UserId::value).toArray(String[]::new);
        Map<UserId, Map<String, PublishedDevice>> found = new HashMap<>();
        for (DeviceKeysStore.OfUser device : devices.ofUsers(ids)) {
            Map<String, PublishedDevice> ofUser =
                    found.computeIfAbsent(UserId.parse(device.user()), any -> new HashMap<>());
            @Nullable String id = device.device();
            byte @Nullable [] keys = device.keys();
            if (id != null && keys != null) {
                ofUser.put(
                        id,
                        new PublishedDevice(
                                id,
                                showNames ? device.displayName() : null,
                                Json.parseObject(keys)));
            }
        }
        Map<UserId, Map<CrossSigningUsage, JsonObject>> keys = new HashMap<>();
        for (CrossSigningStore.OfUser key : crossSigning.ofUsers(ids)) {
            keys.computeIfAbsent(
                            UserId.parse(key.user()), any -> new EnumMap<>(CrossSigningUsage.class))
                    .put(key.key().usage(), key.key().json());
        }
        Map<UserId, PublishedDevices> published = new HashMap<>();
        found.forEach((user, ofUser) -> {
            Map<CrossSigningUsage, JsonObject> own = keys.getOrDefault(user, Map.of());
            published.put(
                    user,
                    new PublishedDevices(
                            ofUser,
                            own.get(CrossSigningUsage.MASTER),
                            own.get(CrossSigningUsage.SELF_SIGNING)));
        });
        return published;
    }
}
