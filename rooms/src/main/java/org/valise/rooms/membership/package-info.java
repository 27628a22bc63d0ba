/// Joining, leaving, inviting, knocking, banning.
///
/// Spec: client-server API, "Room membership". Start reading at [MembershipChanger].
@NullMarked
package org.valise.rooms.membership;

import org.jspecify.annotations.NullMarked;
