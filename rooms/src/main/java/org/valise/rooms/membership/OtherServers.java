package org.valise.rooms.membership;

import org.valise.platform.http.Caller;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// Changes memberships of rooms that this server cannot decide about alone, with the help of
/// servers that are in them. Each waits for them, for a bounded time.
public interface OtherServers {
    /// Lets a local user join.
    ///
    /// @param through servers that may be in the room, the likeliest first
    /// @param content of the member event
    /// @return false if another user of this server joined in the meantime: ask here again
    /// @throws MatrixException what they said that refused, 403 if nobody could be asked, 502 if
    ///   nobody gave a usable answer
    boolean join(Caller caller, RoomId room, List<ServerName> through, JsonObject content);

    /// Whether guests may join a room, as far as servers say that are in it. They may err, or lie:
    /// the room's state says it when it is here.
    ///
    /// @param through servers that may be in the room, the likeliest first
    boolean welcomeGuests(Caller caller, RoomId room, List<ServerName> through);

    /// Asks for a local user to be let in.
    ///
    /// @param through servers that may be in the room, the likeliest first
    /// @param content of the member event
    /// @throws MatrixException as [#join] does
    void knock(Caller caller, RoomId room, List<ServerName> through, JsonObject content);
}
