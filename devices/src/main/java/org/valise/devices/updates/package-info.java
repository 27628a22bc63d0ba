/// What other servers are told of the devices of users of this one.
///
/// Spec: server-server API, "Device Management", "End-to-End Encryption". Start reading at
/// [ListUpdates]. Reads `devices.list_change`; the position of a change there is its `stream_id`,
/// that of the user's change before it its `prev_id`. Invariant: each change goes once to each
/// server that shares a room with the user, in order, however often this one is stopped.
@NullMarked
package org.valise.devices.updates;

import org.jspecify.annotations.NullMarked;
