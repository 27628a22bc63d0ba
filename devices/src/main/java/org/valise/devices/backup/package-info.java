/// Backup of room keys on the server.
///
/// Spec: client-server API, "Server-side key backups". Start reading at [Backups]. Tables owned:
/// `devices.backup`, `devices.backup_key`. Invariants: a version is never given twice; keys are
/// written to the current version only; of two keys for one session the better one stays, in
/// whatever order they come.
@NullMarked
package org.valise.devices.backup;

import org.jspecify.annotations.NullMarked;
