package org.valise.rooms.sending;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.Optional;

/// What the client API checks of state that a client sets, beyond the authorization rules.
public final class StateContentRules {
    private final Aliases aliases;

    public StateContentRules(Aliases aliases) {
        this.aliases = aliases;
    }

    /// Where aliases lead.
    @FunctionalInterface
    public interface Aliases {
        Optional<RoomId> room(RoomAlias alias);
    }

    /// @throws MatrixException `M_BAD_ALIAS` or `M_INVALID_PARAM` for a canonical alias that does
    ///   not lead to the room
    public void check(RoomId room, String type, JsonObject content) {
        if (type.equals(EventTypes.CREATE)) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "A room is created once: make another one");
        }
        if (type.equals(EventTypes.CANONICAL_ALIAS)) {
            content.string("alias")
                    .filter(alias -> !alias.isEmpty())
                    .ifPresent(alias -> check(room, alias));
            JsonArray alternatives = content.array("alt_aliases").orElse(JsonArray.of());
            for (JsonValue alternative : alternatives.values()) {
                if (!(alternative instanceof JsonString(String alias))) {
                    throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM, "alt_aliases must hold strings");
                }
                check(room, alias);
            }
        }
    }

    private void check(RoomId room, String text) {
        RoomAlias alias =
                RoomAlias.tryParse(text)
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_INVALID_PARAM, text + " is not an alias"));
        if (!aliases.room(alias).equals(Optional.of(room))) {
            throw new MatrixException(ErrorCode.M_BAD_ALIAS, alias + " does not lead to this room")
                    .status(400);
        }
    }
}
