/// Who is typing.
///
/// Spec: client-server API, "Typing notifications". In memory of every node, by the small order
/// that the second part of a stream token carries: it never costs an fsync. Start reading at
/// [Typing].
@NullMarked
package org.valise.rooms.typing;

import org.jspecify.annotations.NullMarked;
