/// Names that lead to rooms, and the rooms this server shows to everyone.
///
/// Spec: client-server API, "Room aliases", "Published room directory"; server-server API,
/// "Published Room Directory", `GET /query/directory`. Start reading at [Aliases] and
/// [RoomDirectory]; what other servers know is asked of them by [AliasLookup] and
/// [RemotePublicRooms].
///
/// Tables owned: `rooms.alias`, `rooms.published`.
@NullMarked
package org.valise.rooms.directory;

import org.jspecify.annotations.NullMarked;
