/// Events of other servers on their way into rooms.
///
/// Spec: server-server API, "Checks performed on receipt of a PDU", "Rejection", "Soft failure",
/// "Backfilling and retrieving missing events", "Joining Rooms". Start reading at [EventAdmission],
/// whose methods follow the specification's checks; what needs the room is done by its lane.
/// [Backfilling] asks for the past when somebody wants to read it.
///
/// Invariants: nothing is stored whose auth events are not; an event has a place in its room, and a
/// state before it, or it is an outlier or waits; what is backfilled has no position in the stream.
@NullMarked
package org.valise.rooms.admission;

import org.jspecify.annotations.NullMarked;
