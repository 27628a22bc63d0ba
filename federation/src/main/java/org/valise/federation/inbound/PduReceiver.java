package org.valise.federation.inbound;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.List;
import java.util.Set;

/// Takes in the events of rooms.
public interface PduReceiver {
    /// Whether a server may send events of a room. Asks no other server.
    Entry entry(ServerName origin, RoomId room);

    /// Whether a server may send events of a room.
    sealed interface Entry {
        /// A room that is known here.
        sealed interface Known extends Entry {
            RoomVersion version();
        }

        /// It may.
        record Open(RoomVersion version) implements Known {}

        /// Somebody here is entering that room, and other servers may know before it is done: what
        /// is sent of it waits until then.
        record Awaited(RoomVersion version) implements Known {}

        /// Nobody here is in that room: what is sent of it is ignored, and nothing said.
        record Ignored() implements Entry {}

        /// It may not.
        ///
        /// @param error what the server is told of each such event
        record Refused(RoomVersion version, String error) implements Known {}
    }

    /// An event that a server has sent.
    record Received(ServerName origin, Event event) {}

    /// Takes in events of one room, without asking other servers.
    ///
    /// @return those that need what is not here
    Set<EventId> receive(RoomId room, List<Received> events);

    /// Takes in events of one room that one server has sent, asking other servers for what is not
    /// here, for a bounded time.
    ///
    /// @param last whether this is the last attempt
    /// @return those worth another attempt later; none on the last
    Set<EventId> receiveAsking(RoomId room, ServerName origin, List<Event> events, boolean last);
}
