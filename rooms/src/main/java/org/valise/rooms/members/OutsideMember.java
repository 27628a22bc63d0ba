package org.valise.rooms.members;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;

/// What a local user is to a room in which this server is not: invited, knocking, or not any more.
///
/// @param number its own; `rooms.membership` has it negated
/// @param event the member event, which is part of no graph here
/// @param stripped what is told of the room: JSON objects with commas between
/// @param through the server that it came from, or went to
public record OutsideMember(
        long number,
        long user,
        Membership membership,
        Event event,
        byte[] stripped,
        ServerName through) {}
