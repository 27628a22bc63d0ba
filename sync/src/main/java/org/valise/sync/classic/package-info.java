/// Classic sync: `GET /_matrix/client/v3/sync`.
///
/// Spec: client-server API, "Syncing". [SyncClient] waits until there is something to say,
/// [SyncBuilder] says it: for each room [JoinedRoom], [LeftRoom] or [InvitedRoom].
@NullMarked
package org.valise.sync.classic;

import org.jspecify.annotations.NullMarked;
