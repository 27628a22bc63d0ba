/// The tokens that clients hand back: opaque to them, versioned and tagged by the order they are
/// of.
///
/// Spec: client-server API, "Pagination", "Syncing".
@NullMarked
package org.valise.rooms.tokens;

import org.jspecify.annotations.NullMarked;
