/// Room state as a persistent trie: every snapshot of a room's state is a root, and snapshots share
/// what they have in common.
///
/// Spec: server-server API, "Room State Resolution" (the state *before* and *after* an event).
/// Start reading at [StateSnapshot]; [StateTrie] is the map, [StateCodec] its bytes, [StateStore]
/// its table; [StateCollector] deletes what nothing refers to.
///
/// Tables owned: `rooms.state_blob`, `rooms.state_collection`, `rooms.state_root`. Invariants: a
/// trie is canonical (the same entries give the same shape and hash, however it was built); a blob
/// is never changed after it was written, and refers only to what was committed before it.
@NullMarked
package org.valise.rooms.state;

import org.jspecify.annotations.NullMarked;
