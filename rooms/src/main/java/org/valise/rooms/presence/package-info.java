/// Whether people are there.
///
/// Spec: client-server API, "Presence". Each node knows the devices that sync through it
/// ([LocalDevices]) and tells the others by the small order when what follows for their user
/// changes; [Presence] puts together what all nodes tell. Nothing of it is kept, nothing costs an
/// fsync. Start reading at [Presence].
///
/// Invariants: a node that died takes its devices with it after [Heartbeats#LIMIT]; whoever shares
/// no room learns nothing.
@NullMarked
package org.valise.rooms.presence;

import org.jspecify.annotations.NullMarked;
