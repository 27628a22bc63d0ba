package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

/// A JSON array, immutable.
public final class JsonArray implements JsonValue, Iterable<JsonValue> {
    static final JsonArray EMPTY = new JsonArray(new JsonValue[0]);

    private final JsonValue[] values;

    /// Takes the array over: the caller must not keep it.
    JsonArray(JsonValue[] values) {
        this.values = values;
    }

    /// An array of anything that [JsonValue#of] takes.
    public static JsonArray of(@Nullable Object... values) {
        JsonValue[] converted = new JsonValue[values.length];
        for (int i = 0; i < values.length; i++) {
            converted[i] = JsonValue.of(values[i]);
        }
        return new JsonArray(converted);
    }

    /// An array of the elements of a collection, each anything that [JsonValue#of] takes.
    public static JsonArray of(Collection<?> values) {
        return of(values.toArray());
    }

    public List<JsonValue> values() {
        return Collections.unmodifiableList(Arrays.asList(values));
    }

    public JsonValue get(int index) {
        return values[index];
    }

    public int size() {
        return values.length;
    }

    public boolean isEmpty() {
        return values.length == 0;
    }

    /// The members that are strings; others are passed over.
    public List<String> strings() {
        List<String> strings = new ArrayList<>(values.length);
        for (JsonValue value : values) {
            if (value instanceof JsonString string) {
                strings.add(string.value());
            }
        }
        return strings;
    }

    /// The members that are objects; others are passed over.
    public List<JsonObject> objects() {
        List<JsonObject> objects = new ArrayList<>(values.length);
        for (JsonValue value : values) {
            if (value instanceof JsonObject object) {
                objects.add(object);
            }
        }
        return objects;
    }

    @Override
    public Iterator<JsonValue> iterator() {
        return values().iterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonArray that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return JsonWriter.compactText(this);
    }
}
