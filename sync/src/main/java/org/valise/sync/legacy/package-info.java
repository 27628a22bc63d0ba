/// The operations that `/sync` replaced, for the clients that still call them, and room previews.
///
/// Spec: client-server API, "Syncing" (`GET /initialSync`, `GET /events`), "Room Previews". Start
/// reading at [EventStreamClient].
@NullMarked
package org.valise.sync.legacy;

import org.jspecify.annotations.NullMarked;
