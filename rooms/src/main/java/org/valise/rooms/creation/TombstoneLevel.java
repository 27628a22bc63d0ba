package org.valise.rooms.creation;

import org.valise.protocol.event.EventTypes;
import org.valise.protocol.json.JsonObject;

/// From version 12 on, only creators should be able to end a room: "the power level for sending
/// `m.room.tombstone` events MUST explicitly be higher than `state_default`".
public final class TombstoneLevel {
    static final long USUAL = 150;
    private static final long STATE_DEFAULT = 50;
    private static final long LARGEST = (1L << 53) - 1;

    private TombstoneLevel() {}

    /// Power levels in which it is so.
    public static JsonObject above(JsonObject levels) {
        long stateDefault = levels.integer("state_default").orElse(STATE_DEFAULT);
        JsonObject events = levels.object("events").orElse(JsonObject.of());
        long tombstone = events.integer(EventTypes.TOMBSTONE).orElse(stateDefault);
        if (tombstone > stateDefault) {
            return levels;
        }
        long above = Math.max(USUAL, Math.min(stateDefault, LARGEST - 1) + 1);
        return levels.with("events", events.with(EventTypes.TOMBSTONE, above));
    }
}
