package org.valise.rooms.invites;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.io.InputStream;

/// The answer of version 1 of the operation: `[200, {"event": …}]`.
final class OldAnswer {
    private OldAnswer() {}

    /// The event; empty if it answers something else.
    static JsonObject read(InputStream body) throws IOException {
        if (Json.parse(body.readAllBytes()) instanceof JsonArray answer
                && answer.size() == 2
                && answer.get(1) instanceof JsonObject holder) {
            return holder.object("event").orElse(JsonObject.of());
        }
        return JsonObject.of();
    }
}
