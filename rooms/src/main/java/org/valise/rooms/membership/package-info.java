/// Joining, leaving, inviting, knocking, banning.
///
/// Spec: client-server API, "Room membership", "Invite permission". Start reading at
/// [MembershipChanger]; [AccountFollower] carries new names and closed accounts into rooms.
///
/// Tables owned: `rooms.follower`. Invariant: whoever has nothing to do with a room is told the
/// same whether it exists or not.
@NullMarked
package org.valise.rooms.membership;

import org.jspecify.annotations.NullMarked;
