/// Policy servers: rooms that have a server of their choice look at every event before it is sent.
///
/// Spec: server-server API, "Policy Servers". Start reading at [PolicyServers]. Invariants: what a
/// policy server did not sign is not sent by this one, and shown to nobody when others send it; it
/// is never asked while a room is being written.
@NullMarked
package org.valise.rooms.policyservers;

import org.jspecify.annotations.NullMarked;
