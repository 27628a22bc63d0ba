/// Invitations between servers, and what protects people from those they do not want.
///
/// Spec: server-server API, "Inviting to a room"; client-server API, "Invite permission". Start
/// reading at [RemoteInvites] for those that go out, at [InviteReception] for those that come in.
///
/// Tables owned: none. Invariants: nothing is signed but what is an invitation of a local user by
/// one of the asking server's users; an invitation that goes out enters the room only with the
/// other server's signature.
@NullMarked
package org.valise.rooms.invites;

import org.jspecify.annotations.NullMarked;
