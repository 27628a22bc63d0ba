/// What events that relate to an event add up to.
///
/// Spec: client-server API, "Aggregations of child events": `m.replace`, `m.thread` and
/// `m.reference`; annotations are counted by clients. Start reading at [Aggregations].
///
/// Invariants: loaded once for all events of a response; what the reader may not see, or comes from
/// somebody they ignore, is not part of it.
@NullMarked
package org.valise.rooms.aggregations;

import org.jspecify.annotations.NullMarked;
