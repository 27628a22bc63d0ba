/// Who is typing.
///
/// Spec: client-server API, "Typing notifications". In memory, with an order of its own that the
/// second part of a stream token carries: it never costs an fsync. Start reading at [Typing].
///
/// Between nodes that share a database nothing is passed on yet: each knows who types through it.
/// The seam is [Typing#set]: what it is told would go through an unlogged table and a NOTIFY to the
/// other nodes.
@NullMarked
package org.valise.rooms.typing;

import org.jspecify.annotations.NullMarked;
