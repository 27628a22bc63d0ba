package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

/// An event that a local user wants in a room: what is still missing, the room's writer adds.
public record Draft(
        String type,
        @Nullable String stateKey,
        UserId sender,
        JsonObject content,
        @Nullable EventId redacts,
        long originServerTs,
        long session,
        @Nullable String transactionId) {

    public static Draft state(
            String type, String stateKey, UserId sender, JsonObject content, long ts) {
        return new Draft(type, stateKey, sender, content, null, ts, 0, null);
    }

    public static Draft message(String type, UserId sender, JsonObject content, long ts) {
        return new Draft(type, null, sender, content, null, ts, 0, null);
    }

    public Draft redacting(@Nullable EventId target) {
        return new Draft(
                type, stateKey, sender, content, target, originServerTs, session, transactionId);
    }

    /// Notes who sent it, so that the sending device is told its transaction id.
    public Draft from(long session, @Nullable String transactionId) {
        return new Draft(
                type, stateKey, sender, content, redacts, originServerTs, session, transactionId);
    }
}
