/// Telling clients what is new.
///
/// Spec: client-server API, "Syncing". Start reading at [Sync], then `classic.SyncClient`.
@NullMarked
package org.valise.sync;

import org.jspecify.annotations.NullMarked;
