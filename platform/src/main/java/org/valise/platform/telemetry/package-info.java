/// What an operator sees of a running server: metrics, health and logs.
///
/// Start reading at [org.valise.platform.telemetry.Metrics] (the registry every module counts in)
/// and [org.valise.platform.telemetry.ManagementServer] (where it is read).
///
/// Invariants: nothing here carries message content, tokens or the names of users and rooms; a
/// label's values are a closed set.
@NullMarked
package org.valise.platform.telemetry;

import org.jspecify.annotations.NullMarked;
