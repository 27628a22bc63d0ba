package org.valise.platform.outbound;

import java.util.List;

/// Whom a request is for, and where that is.
///
/// @param name whose certificate must be presented: a DNS name, sent as SNI, or an IP address (IPv6
///   in brackets)
/// @param hostHeader the `Host` header
/// @param locations where to connect to, tried in this order
public record Target(String name, String hostHeader, List<Location> locations) {
    public Target {
        locations = List.copyOf(locations);
        if (locations.isEmpty()) {
            throw new IllegalArgumentException("nowhere to connect to");
        }
    }

    /// @param host a DNS name or an IP address (IPv6 in brackets)
    public record Location(String host, int port) {}
}
