/// Into and out of rooms with the help of a server that is in them, both sides: helping users of
/// other servers, and helping our own through others.
///
/// Spec: server-server API, "Joining Rooms", "Restricted rooms", "Knocking upon a room", "Leaving
/// Rooms". Start reading at [RemoteJoining] for the asking side, at [MembershipTemplates] and
/// [SignedMemberships] for the serving one.
///
/// Invariants: no server learns of a room that this one is not in; nothing that another server says
/// of a room counts before all of it was checked.
@NullMarked
package org.valise.rooms.handshake;

import org.jspecify.annotations.NullMarked;
