/// Reporting rooms and events to the administrators, whose list of reports is kept with the
/// accounts.
///
/// Spec: client-server API, "Reporting Content". Start reading at [ReportEventClient].
@NullMarked
package org.valise.rooms.reporting;

import org.jspecify.annotations.NullMarked;
