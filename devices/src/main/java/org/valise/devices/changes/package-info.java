/// What happened to devices, as entries of the stream, and how it is written.
///
/// Start reading at [DeviceCommits]. Tables owned: `devices.list_change`, `devices.follower`.
/// Invariant: whatever readers of devices follow is written through here, in the one order.
@NullMarked
package org.valise.devices.changes;

import org.jspecify.annotations.NullMarked;
