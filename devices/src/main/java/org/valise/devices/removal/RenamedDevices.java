package org.valise.devices.removal;

import java.util.Map;
import java.util.Set;

/// Somebody who is to know how users call their devices.
@FunctionalInterface
public interface RenamedDevices {
    /// These devices, which have keys, have another name. May be called again, and on several nodes
    /// at once.
    ///
    /// @param devices by their user's number
    void tell(Map<Long, Set<String>> devices);
}
