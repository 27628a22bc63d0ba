package org.valise.devices.changes;

import org.valise.platform.stream.DeviceScoped;

/// A device has another number of one-time keys, or other unused fallback keys.
///
/// @param session the device's session
public record KeySupplyChanged(long position, long user, long session) implements DeviceScoped {
    @Override
    public long device() {
        return session;
    }
}
