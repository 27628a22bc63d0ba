/// Replacing a room by a new one of another version.
///
/// Spec: client-server API, "Room Upgrades". Start reading at [RoomUpgrade]; what the new room
/// begins with is decided in [UpgradePlan] and [TransferredLevels], which are pure. What people
/// have set for the old room follows them when they join the new one: [UpgradeFollower].
@NullMarked
package org.valise.rooms.upgrades;

import org.jspecify.annotations.NullMarked;
