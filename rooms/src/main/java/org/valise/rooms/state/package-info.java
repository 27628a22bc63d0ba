/// Room state as a persistent trie: every snapshot of a room's state is a root, and snapshots share
/// what they have in common.
///
/// Spec: server-server API, "Room State Resolution" (the state *before* and *after* an event).
/// Start reading at [StateSnapshot]; [StateTrie] is the map, [StateCodec] its bytes, [StateStore]
/// its table.
///
/// Tables owned: `rooms.state_blob`. Invariants: a trie is canonical (the same entries give the
/// same shape and hash, however it was built); a blob is never changed after it was written.
@NullMarked
package org.valise.rooms.state;

import org.jspecify.annotations.NullMarked;
