package org.valise.devices.removal;

import java.util.List;

/// Something that is kept for devices, and goes with them.
@FunctionalInterface
public interface Belongings {
    /// Deletes what belonged to the closed sessions of these devices' users. May be called again,
    /// and on several nodes at once.
    void delete(List<GoneDevice> gone);
}
