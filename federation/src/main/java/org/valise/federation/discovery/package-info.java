/// Where other servers are: from a server's name to addresses, a certificate's name and a `Host`
/// header.
///
/// Spec: server-server API, "Server discovery". Start reading at [ServerDiscovery]. Invariant: what
/// a server delegates to must prove by its certificate that it is that; DNS alone is believed
/// nothing.
@NullMarked
package org.valise.federation.discovery;

import org.jspecify.annotations.NullMarked;
