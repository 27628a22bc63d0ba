package org.valise.federation.outbox;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Set;

/// Where the outbox learns which events other servers lack: the rooms.
public interface EventSource {
    /// The other servers that are in a room.
    Set<ServerName> servers();

    /// The position before the first thing that concerns a server of which nothing else is known.
    long beforeFirst(ServerName server);

    /// The last position that is committed and applied here.
    long now();

    /// What a server lacks of the next rooms: of each the newest events that concern it, a bounded
    /// number, and those that nothing follows yet.
    ///
    /// Rooms come in the order of their newest event, so that asking from the last answer's
    /// [Lacking#upTo] on comes to an end although rooms go on.
    ///
    /// @param from the server has all up to this position
    /// @param after rooms whose newest event is not later are done
    /// @param upTo as if nothing had happened after it
    Lacking lacking(ServerName server, long from, long after, long upTo);

    /// @param events in order of position; none if there are no more such rooms
    /// @param upTo all rooms whose newest event is not later are done
    record Lacking(List<OutgoingEvent> events, long upTo, boolean isEnd) {}

    /// The events as they are sent to a server, in the same order; without its own.
    List<JsonObject> contents(ServerName server, List<OutgoingEvent> events);

    /// Nobody waits any more for what is not after a position.
    void forgetUpTo(long position);
}
