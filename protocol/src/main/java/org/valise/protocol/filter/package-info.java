/// Filters: which events, rooms and properties a client wants. Spec: client-server API,
/// "Filtering".
///
/// Start with [Filter] (of `/sync` and `/user/{userId}/filter`); [RoomEventFilter] alone is what
/// `/messages`, `/context` and `/search` take.
///
/// Invariants: parsing refuses what is of the wrong type; an absent list includes everything, an
/// empty one nothing; what is listed on both sides is excluded; matching costs linear time.
@NullMarked
package org.valise.protocol.filter;

import org.jspecify.annotations.NullMarked;
