/// Rooms: their events, state and members, and the one way to write them.
///
/// Spec: client-server API, "Events", "Rooms"; server-server API, "PDUs"; room versions. Start
/// reading at [Rooms], then `sending.SendEventClient`, `lane.Lanes`, `lane.RoomWriter`.
@NullMarked
package org.valise.rooms;

import org.jspecify.annotations.NullMarked;
