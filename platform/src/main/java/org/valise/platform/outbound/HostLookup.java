package org.valise.platform.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Finds the addresses of a host.
@FunctionalInterface
public interface HostLookup {
    /// As the operating system does it.
    HostLookup SYSTEM = host -> List.of(InetAddress.getAllByName(host));

    /// @param host a name, or a literal address, of IPv6 in brackets or not
    /// @throws UnknownHostException if there is none
    List<InetAddress> addresses(String host) throws UnknownHostException;
}
