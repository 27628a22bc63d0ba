/// Rooms that group rooms.
///
/// Spec: client-server API, "Spaces"; server-server API, "Spaces". Start reading at [SpaceTree],
/// which loads a space level by level, all rooms of a level at once, and then walks it depth first.
///
/// Invariants: loops are broken and each room stands in a tree once, where it is nearest to the
/// root; the number of rooms looked at is bounded.
@NullMarked
package org.valise.rooms.spaces;

import org.jspecify.annotations.NullMarked;
