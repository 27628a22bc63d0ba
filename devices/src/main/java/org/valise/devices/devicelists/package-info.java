/// Who learns that somebody's devices or keys changed.
///
/// Spec: client-server API, "Tracking the device list for a user", "Extensions to /sync". Start
/// reading at [DeviceLists]. What changed is in `org.valise.devices.changes`.
///
/// Invariants: a user is told of others only as long as they share a room; somebody with whom the
/// user came to share a room is told in the same response as the join; the answer for two positions
/// is the same whenever it is asked for.
@NullMarked
package org.valise.devices.devicelists;

import org.jspecify.annotations.NullMarked;
