/// Events as clients get them: stored bytes passed through, with what differs per reader spliced
/// in.
///
/// Spec: client-server API, "Types of room events", "Room event format". One renderer makes
/// `unsigned` for every endpoint. Start reading at [EventRenderer].
@NullMarked
package org.valise.rooms.rendering;

import org.jspecify.annotations.NullMarked;
