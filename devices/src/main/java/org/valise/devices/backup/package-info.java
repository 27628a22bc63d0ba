/// Backup of room keys on the server.
///
/// Spec: client-server API, "Server-side key backups".
@NullMarked
package org.valise.devices.backup;

import org.jspecify.annotations.NullMarked;
