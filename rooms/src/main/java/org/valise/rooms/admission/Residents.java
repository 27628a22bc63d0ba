package org.valise.rooms.admission;

import org.valise.protocol.id.ServerName;
import org.valise.rooms.timeline.RoomRef;

import java.util.Collection;

/// Which servers are in a room.
public interface Residents {
    /// Whether somebody of this server is joined to the room.
    boolean isAnyHere(RoomRef room);

    /// Whether the room's access control list lets a server take part.
    boolean allows(RoomRef room, ServerName server);

    /// The servers with somebody joined to the room.
    Collection<ServerName> of(RoomRef room);
}
