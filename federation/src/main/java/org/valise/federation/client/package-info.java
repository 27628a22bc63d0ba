/// Requests to other servers: found, signed, within bounds, and not again and again to one that
/// does not answer.
///
/// Spec: server-server API, "API standards" and "Request Authentication". Start reading at
/// [FederationClient]. Invariants: nothing is sent to a server that may not federate, and nothing
/// before it has proved who it is.
@NullMarked
package org.valise.federation.client;

import org.jspecify.annotations.NullMarked;
