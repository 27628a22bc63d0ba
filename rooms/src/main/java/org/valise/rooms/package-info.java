/// Rooms: their events, state and members, and the one way to write them.
///
/// Spec: client-server API, "Events", "Rooms"; server-server API, "PDUs"; room versions. Start
/// reading at [Rooms], then `sending.SendEventClient`, `lane.Lanes`, `lane.RoomWriter`.
///
/// [Rooms] is put together in layers, each of which knows only those before it: [RoomKnowledge]
/// (what is known), [RoomEngine] (how it changes), [RoomReading] (what is shown), [RoomActions]
/// (what people do), [RoomFollowers] and [RoomActivity].
@NullMarked
package org.valise.rooms;

import org.jspecify.annotations.NullMarked;
