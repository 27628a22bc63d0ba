package org.valise.protocol.pushrules;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonBoolean;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.Optional;

/// What a matching rule says to do.
///
/// @param notifies whether the event notifies; without it nothing else has an effect
/// @param highlights whether the notification is to stand out (only of one that notifies)
/// @param tweaks all tweaks as the push gateway gets them ("passed transparently through the
///   homeserver")
/// @param actions the actions as the rule has them, for `/notifications`
public record PushActions(
        boolean notifies, boolean highlights, JsonObject tweaks, JsonArray actions) {
    /// No rule matched, or the one that did says nothing.
    public static final PushActions NONE =
            new PushActions(false, false, JsonObject.of(), JsonArray.of());

    /// Reads a rule's actions; what is not understood is ignored.
    public static PushActions of(JsonArray actions) {
        boolean notifies = false;
        JsonObject tweaks = JsonObject.of();
        for (JsonValue action : actions.values()) {
            switch (action) {
                // "Clients and homeservers MUST ignore [dont_notify and coalesce]": they fall
                // through to nothing.
                case JsonString name -> notifies |= name.value().equals("notify");
                case JsonObject object -> {
                    Optional<String> tweak = object.string("set_tweak");
                    if (tweak.isPresent()) {
                        tweaks = tweaks.with(tweak.get(), tweakValue(tweak.get(), object));
                    }
                }
                default -> {}
            }
        }
        boolean highlights = notifies && JsonBoolean.TRUE.equals(tweaks.get("highlight"));
        return new PushActions(notifies, highlights, tweaks, actions);
    }

    private static JsonValue tweakValue(String tweak, JsonObject action) {
        JsonValue value = action.get("value");
        if (value != null) {
            return value;
        }
        // "If a `highlight` tweak is given with no value, its value is defined to be `true`."
        return tweak.equals("highlight") ? JsonBoolean.TRUE : JsonNull.NULL;
    }

    /// The sound to play, `default` being the device's own.
    public Optional<String> sound() {
        return tweaks.string("sound");
    }
}
