/// Who is in a room.
///
/// Spec: client-server API, "Room membership". Start reading at [Membership] and [MembershipStore].
///
/// Tables owned: `rooms.membership`, `rooms.outside_member`, `rooms.forgotten`. Invariant: a local
/// user's newest row equals the membership in the room's current state; in rooms in which this
/// server is not, it may be an [OutsideMember].
@NullMarked
package org.valise.rooms.members;

import org.jspecify.annotations.NullMarked;
