/// Events as they are stored, and their two orders.
///
/// Spec: client-server API, "Events", "Syncing" (timelines); server-server API, "PDUs". The
/// *stream* position says when an event became visible; the *room order* (segment, index) says
/// where it stands in its room. Start reading at [StoredEvent] and [Events].
///
/// Tables owned: `rooms.event`, `rooms.gap`, `rooms.state_key`, `rooms.room`, `rooms.replacement`,
/// `rooms.outgoing`, `rooms.outgoing_also`.
@NullMarked
package org.valise.rooms.timeline;

import org.jspecify.annotations.NullMarked;
