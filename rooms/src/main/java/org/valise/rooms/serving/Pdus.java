package org.valise.rooms.serving;

import org.valise.platform.http.Reply;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;

/// Events as servers send them to each other: as they are stored.
final class Pdus {
    private Pdus() {}

    /// @param now milliseconds since 1970
    static Reply transaction(ServerName server, long now, List<StoredEvent> events) {
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"origin\":").string(server.value());
        out.ascii(",\"origin_server_ts\":").number(now);
        out.ascii(",\"pdus\":");
        array(events, out);
        return Reply.json(out.ascii("}").toBytes());
    }

    static void array(List<StoredEvent> events, JsonBuffer out) {
        out.ascii("[");
        for (int i = 0; i < events.size(); i++) {
            out.ascii(i == 0 ? "" : ",").raw(events.get(i).event().bytes());
        }
        out.ascii("]");
    }
}
