package org.valise.protocol.json;

/// A JSON string.
public record JsonString(String value) implements JsonValue {
    @Override
    public String toString() {
        return JsonWriter.compactText(this);
    }
}
