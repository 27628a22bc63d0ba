/// Who may see which event.
///
/// Spec: client-server API, "Room History Visibility". One function for every endpoint:
/// [Visibility].
@NullMarked
package org.valise.rooms.visibility;

import org.jspecify.annotations.NullMarked;
