package org.valise.rooms.lane;

import org.valise.platform.stream.UserScoped;
import org.valise.rooms.members.Membership;

/// A local user is something else to a room in which this server is not.
///
/// @param room the room's number
/// @param event the number of the [org.valise.rooms.members.OutsideMember], negated
public record OutsideChange(long position, long room, long user, Membership membership, long event)
        implements UserScoped {}
