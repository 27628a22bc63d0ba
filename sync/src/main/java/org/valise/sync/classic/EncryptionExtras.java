package org.valise.sync.classic;

import org.valise.devices.devicelists.DeviceListChanges;
import org.valise.devices.devicelists.DeviceLists;
import org.valise.devices.keys.KeySupplies;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.sync.streams.UserView;

/// Whose device lists changed, and how many keys the device has left.
///
/// Spec: client-server API, "End-to-End Encryption", "Extensions to /sync".
public final class EncryptionExtras implements DeviceExtras {
    private final DeviceLists lists;
    private final KeySupplies supplies;

    public EncryptionExtras(DeviceLists lists, KeySupplies supplies) {
        this.lists = lists;
        this.supplies = supplies;
    }

    @Override
    public boolean render(UserView user, SyncRequest request, JsonBuffer out) {
        KeySupplies.ForSync supply = supplies.of(request.caller().session());
        out.ascii(",").raw(supply.json());
        // *Only present on an incremental sync.*
        if (request.isInitial()) {
            return true;
        }
        DeviceListChanges changes =
                lists.between(user, request.sincePosition(), request.position());
        if (!changes.isEmpty()) {
            out.ascii(",\"device_lists\":")
                    .value(
                            JsonObject.of(
                                    "changed",
                                    JsonArray.of(changes.changed()),
                                    "left",
                                    JsonArray.of(changes.left())));
        }
        return !changes.isEmpty() || supply.position() > request.sincePosition();
    }
}
