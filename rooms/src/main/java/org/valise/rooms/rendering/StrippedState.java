package org.valise.rooms.rendering;

import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What someone who is not in a room is told of it: with an invitation, or while they knock.
///
/// Spec: client-server API, "Stripped state".
public final class StrippedState {
    /// What of a room is told, each with the empty state key.
    public static final List<String> TYPES =
            List.of(
                    EventTypes.CREATE,
                    EventTypes.NAME,
                    EventTypes.AVATAR,
                    EventTypes.TOPIC,
                    EventTypes.JOIN_RULES,
                    EventTypes.CANONICAL_ALIAS,
                    EventTypes.ENCRYPTION);

    private StrippedState() {}

    /// What is told, of the room alone.
    public static List<StateKey> keys() {
        return TYPES.stream().map(type -> new StateKey(type, "")).toList();
    }

    /// Of what another server tells of a room, that which is shown: JSON objects with commas
    /// between.
    ///
    /// SECURITY: one of each kind, so that a stranger cannot make an invitation of any size.
    ///
    /// @param told whole events, or stripped ones
    /// @param also a further key to show, such as the inviter's membership
    public static byte[] of(Collection<JsonObject> told, StateKey also) {
        List<StateKey> wanted = new ArrayList<>(keys());
        wanted.add(also);
        JsonBuffer out = new JsonBuffer(512);
        for (JsonObject event : told) {
            Optional<StateKey> key =
                    event.string("type")
                            .flatMap(type ->
                                    event.string("state_key")
                                            .map(stateKey -> new StateKey(type, stateKey)));
            Optional<JsonObject> content = event.object("content");
            Optional<String> sender = event.string("sender");
            if (content.isPresent()
                    && sender.isPresent()
                    && key.filter(wanted::remove).isPresent()) {
                out.ascii(out.length() == 0 ? "" : ",").ascii("{\"content\":").value(content.get());
                out.ascii(",\"sender\":").string(sender.get());
                out.ascii(",\"state_key\":").string(key.get().key());
                out.ascii(",\"type\":").string(key.get().type()).ascii("}");
            }
        }
        return out.toBytes();
    }
}
