package org.valise.federation.discovery;

import java.util.List;

/// Asks the DNS for SRV records.
@FunctionalInterface
interface ServiceLookup {
    /// @param name such as `_matrix-fed._tcp.example.org`
    /// @return the records, none where there are none or the DNS does not answer
    List<Service> find(String name);
}
