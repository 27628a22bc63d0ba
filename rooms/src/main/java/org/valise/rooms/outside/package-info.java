/// What local users are to rooms in which this server is not: invitations and knocks. Such rooms
/// have no graph here; what other servers say of them is kept apart, and gives way to the room's
/// state once somebody joins.
///
/// Spec: server-server API, "Inviting to a room", "Knocking upon a room", "Leaving Rooms (Rejecting
/// Invites)". Start reading at [OutsideMemberships].
///
/// Tables owned: `rooms.farewell` (`rooms.outside_member` belongs to
/// [org.valise.rooms.members.OutsideMemberStore]). Invariants: such a membership is written under
/// the room's fence, so it never comes after a join that knew nothing of it; declining needs no
/// other server.
@NullMarked
package org.valise.rooms.outside;

import org.jspecify.annotations.NullMarked;
