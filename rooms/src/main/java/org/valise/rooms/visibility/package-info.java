/// Who may see which event.
///
/// Spec: client-server API, "Room History Visibility"; server-server API, "Retrieving events". One
/// function for every endpoint of clients, [Visibility], and one for those of other servers:
/// [ServerSight].
@NullMarked
package org.valise.rooms.visibility;

import org.jspecify.annotations.NullMarked;
