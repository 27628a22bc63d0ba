/// Who is in a room.
///
/// Spec: client-server API, "Room membership". Start reading at [Membership] and [MembershipStore].
///
/// Tables owned: `rooms.membership`, `rooms.outside_member`, `rooms.forgotten`,
/// `rooms.server_members`, `rooms.arrival`. Invariants: a local user's newest row equals the
/// membership in the room's current state; in rooms in which this server is not, it may be an
/// [OutsideMember]. The joined members of all other servers add up to `elsewhere` of the room's
/// head.
@NullMarked
package org.valise.rooms.members;

import org.jspecify.annotations.NullMarked;
