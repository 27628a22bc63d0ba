/// Who is in a room.
///
/// Spec: client-server API, "Room membership". Start reading at [Membership] and [MembershipStore].
///
/// Tables owned: `rooms.membership`, `rooms.forgotten`. Invariant: a local user's newest row equals
/// the membership in the room's current state.
@NullMarked
package org.valise.rooms.members;

import org.jspecify.annotations.NullMarked;
