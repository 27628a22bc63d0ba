package org.valise.push.counts;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.PushEvent;
import org.valise.protocol.pushrules.PushRoom;

import java.util.ArrayList;
import java.util.List;

/// A room of tests: events one after another at every tenth position, and the port that reads them.
final class Timeline implements UnreadEvents {
    private final List<UnreadEvent> events = new ArrayList<>();
    private final PushRoom room;
    int reads;

    Timeline(int members) {
        this.room = new PushRoom(members, PushRoom.NO_POWER);
    }

    synchronized UnreadEvent message(String sender, @Nullable EventId thread, JsonObject content) {
        return add(sender, "m.room.message", thread, null, null, false, content);
    }

    synchronized UnreadEvent say(String sender, String body) {
        return message(sender, null, JsonObject.of("body", body, "msgtype", "m.text"));
    }

    synchronized UnreadEvent mention(String sender, @Nullable EventId thread, String mentioned) {
        return message(
                sender,
                thread,
                JsonObject.of(
                        "body", "x", "m.mentions", JsonObject.of("user_ids", List.of(mentioned))));
    }

    synchronized UnreadEvent edit(String sender, UnreadEvent edited, JsonObject more) {
        JsonObject content =
                JsonObject.of(
                        "body",
                        "* x",
                        "m.relates_to",
                        JsonObject.of("rel_type", "m.replace", "event_id", edited.id().value()));
        return add(
                sender,
                "m.room.message",
                edited.thread(),
                edited.id(),
                null,
                false,
                content.toBuilder().putAll(more).build());
    }

    synchronized UnreadEvent state(String sender) {
        return add(sender, "m.room.topic", null, null, null, true, JsonObject.of());
    }

    synchronized UnreadEvent redact(String sender, UnreadEvent redacted) {
        int at = events.indexOf(find(redacted.id()));
        UnreadEvent was = events.get(at);
        events.set(
                at,
                new UnreadEvent(
                        was.position(),
                        was.id(),
                        was.event(),
                        was.thread(),
                        was.replaces(),
                        was.redacts(),
                        true,
                        was.state(),
                        was.room()));
        return add(sender, "m.room.redaction", null, null, redacted.id(), false, JsonObject.of());
    }

    private UnreadEvent find(EventId id) {
        return events.stream().filter(e -> e.id().equals(id)).findFirst().orElseThrow();
    }

    private UnreadEvent add(
            String sender,
            String type,
            @Nullable EventId thread,
            @Nullable EventId replaces,
            @Nullable EventId redacts,
            boolean state,
            JsonObject content) {
        long position = 10L * (events.size() + 1);
        EventId id = EventId.parse("$e" + position + ":example.org");
        JsonObject json =
                JsonObject.of(
                        "sender",
                        sender,
                        "type",
                        type,
                        "room_id",
                        "!r:example.org",
                        "content",
                        content);
        UnreadEvent event =
                new UnreadEvent(
                        position,
                        id,
                        PushEvent.ofClient(json),
                        thread,
                        replaces,
                        redacts,
                        false,
                        state,
                        room);
        events.add(event);
        return event;
    }

    synchronized long last() {
        return 10L * events.size();
    }

    synchronized List<UnreadEvent> all() {
        return List.copyOf(events);
    }

    @Override
    public synchronized List<UnreadEvent> unread(
            long room, ReadPositions read, long upTo, int limit) {
        reads++;
        List<UnreadEvent> found =
                events.stream()
                        .filter(e -> e.position() > read.everywhere() && e.position() <= upTo)
                        .toList();
        return found.subList(Math.max(0, found.size() - limit), found.size());
    }

    @Override
    public synchronized List<UnreadEvent> between(long room, long after, long upTo, int limit) {
        reads++;
        return events.stream()
                .filter(e -> e.position() > after && e.position() <= upTo)
                .limit(limit)
                .toList();
    }
}
