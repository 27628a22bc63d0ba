/// Names that lead to rooms, and the rooms this server shows to everyone.
///
/// Spec: client-server API, "Room aliases", "Published room directory". Start reading at [Aliases]
/// and [RoomDirectory].
///
/// Tables owned: `rooms.alias`, `rooms.published`.
@NullMarked
package org.valise.rooms.directory;

import org.jspecify.annotations.NullMarked;
