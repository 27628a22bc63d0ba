/// How events of a room relate to each other.
///
/// Spec: client-server API, "Forming relationships between events", "Threading".
@NullMarked
package org.valise.rooms.relations;

import org.jspecify.annotations.NullMarked;
