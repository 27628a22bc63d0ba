package org.valise.federation.outbox;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// One room whose every event concerns everybody.
final class WrittenEvents implements EventSource {
    private static final int OF_EACH_ROOM = 50;

    private final List<OutgoingEvent> written = new ArrayList<>();

    synchronized OutgoingEvent write() {
        OutgoingEvent event = new OutgoingEvent(written.size() + 1L, 1, 7);
        written.add(event);
        return event;
    }

    @Override
    public Set<ServerName> servers() {
        return Set.of();
    }

    @Override
    public long beforeFirst(ServerName server) {
        return 0;
    }

    @Override
    public synchronized long now() {
        return written.size();
    }

    @Override
    public synchronized Lacking lacking(ServerName server, long from, long after, long upTo) {
        long newest = upTo;
        if (newest <= after) {
            return new Lacking(List.of(), newest, true);
        }
        int first = (int) Math.max(from, newest - OF_EACH_ROOM);
        return new Lacking(List.copyOf(written.subList(first, (int) upTo)), newest, false);
    }

    @Override
    public List<JsonObject> contents(ServerName server, List<OutgoingEvent> events) {
        return events.stream().map(event -> JsonObject.of("position", event.position())).toList();
    }

    @Override
    public void forgetUpTo(long position) {}
}
