package org.valise.bench.client;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// The messages to the device in an answer to `/sync`.
///
/// @param bodies in their order
public record DeviceMessages(String nextBatch, List<String> bodies) {
    static DeviceMessages parse(byte[] bytes) {
        JsonObject answer = Json.parseObject(bytes);
        List<String> bodies =
                answer.object("to_device")
                        .flatMap(section -> section.array("events"))
                        .map(events ->
                                events.objects().stream()
                                        .map(event -> event.object("content").orElseThrow())
                                        .map(content -> content.string("body").orElseThrow())
                                        .toList())
                        .orElse(List.of());
        return new DeviceMessages(answer.string("next_batch").orElseThrow(), bodies);
    }
}
