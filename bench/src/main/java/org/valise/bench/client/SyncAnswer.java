package org.valise.bench.client;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;

/// What the generator wants to know of an answer to `/sync`.
///
/// @param messages the messages in all timelines, in their order
/// @param limited how many timelines have a gap before them
public record SyncAnswer(String nextBatch, List<Message> messages, int rooms, int limited) {
    /// A message as a member saw it.
    public record Message(String room, String body) {}

    static SyncAnswer parse(byte[] bytes) {
        JsonObject answer = Json.parseObject(bytes);
        JsonObject joined =
                answer.object("rooms").flatMap(rooms -> rooms.object("join")).orElse(NOTHING);
        List<Message> messages = new ArrayList<>();
        int limited = 0;
        for (String room : joined.keys()) {
            JsonObject timeline =
                    joined.object(room).flatMap(one -> one.object("timeline")).orElse(NOTHING);
            limited += timeline.bool("limited").orElse(false) ? 1 : 0;
            timeline.array("events")
                    .ifPresent(events ->
                            events.objects().forEach(event -> collect(room, event, messages)));
        }
        return new SyncAnswer(
                answer.string("next_batch").orElseThrow(), messages, joined.size(), limited);
    }

    private static void collect(String room, JsonObject event, List<Message> messages) {
        if (event.string("type").orElse("").equals("m.room.message")) {
            event.object("content")
                    .flatMap(content -> content.string("body"))
                    .ifPresent(body -> messages.add(new Message(room, body)));
        }
    }

    private static final JsonObject NOTHING = JsonObject.of();
}
