/// Devices and cross-signing keys of other servers' users: asked for, kept, and kept up to date.
///
/// Spec: server-server API, "Device Management", "End-to-End Encryption". Start reading at
/// [RemoteDevices], the front; clients' questions go to [RemoteUserKeys].
///
/// Tables owned: `devices.remote_user`, `devices.remote_device`. Invariants: what is kept of a user
/// is believed only while the user is, without a break, in all rooms that they shared with users of
/// this server when it was fetched, for only then does their server tell of every change; what an
/// update made doubtful is stale in the database before anybody is asked for it, until it was
/// fetched; whoever shares a room with the user is told when it may have changed.
@NullMarked
package org.valise.devices.remote;

import org.jspecify.annotations.NullMarked;
