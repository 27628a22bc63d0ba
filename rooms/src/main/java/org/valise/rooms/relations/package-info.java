/// How events of a room relate to each other.
///
/// Spec: client-server API, "Forming relationships between events", "Threading". Start reading at
/// [Relation] and [RelationStore]; what clients are told of it in `unsigned` is made in
/// `aggregations`.
///
/// Tables owned: `rooms.relation`. Invariant: there is a row exactly for each accepted event in the
/// room order that has a `rel_type` and is not redacted.
@NullMarked
package org.valise.rooms.relations;

import org.jspecify.annotations.NullMarked;
