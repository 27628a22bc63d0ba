/// What is told of a room to people who are not in it, for any number of rooms at once.
///
/// Spec: client-server API, "Room Summary" (`GET /room_summary`), and the members of a space in
/// `spaces`; server-server API, `GET /hierarchy`. Start reading at [RoomSummaries] and
/// [SummaryRules], which says who is told; of rooms that nobody here is in other servers tell:
/// [RemoteRooms].
@NullMarked
package org.valise.rooms.summaries;

import org.jspecify.annotations.NullMarked;
