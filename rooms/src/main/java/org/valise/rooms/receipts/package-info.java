/// How far people have read.
///
/// Spec: client-server API, "Receipts", "Fully read markers". Start reading at [Receipts].
///
/// Tables owned: `rooms.receipt`. Invariants: a receipt never goes back; private ones are shown to
/// their user only; a receipt stands where its event stands in the stream (0 for what was
/// backfilled).
@NullMarked
package org.valise.rooms.receipts;

import org.jspecify.annotations.NullMarked;
