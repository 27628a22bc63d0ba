package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// A JSON object, immutable, in insertion order. Two objects are equal when they have equal
/// members, in any order.
public final class JsonObject implements JsonValue {
    static final JsonObject EMPTY = new JsonObject(new String[0], new JsonValue[0], true, null);

    /// Up to this many keys are found by a linear scan; more by binary search.
    private static final int LINEAR = 16;

    private final String[] keys;
    private final JsonValue[] values;

    /// Whether the keys already stand in canonical order.
    private final boolean ascending;

    /// The indexes in canonical order, for objects that are large and not ascending.
    ///
    /// SECURITY: large objects are searched by order, not by `String.hashCode`: strangers choose
    /// the keys, and colliding hashes are easy to make.
    private final int @Nullable [] order;

    private JsonObject(
            String[] keys, JsonValue[] values, boolean ascending, int @Nullable [] order) {
        this.keys = keys;
        this.values = values;
        this.ascending = ascending;
        this.order = order;
    }

    /// Takes the arrays over. Null when a key stands twice.
    static @Nullable JsonObject ofMembers(String[] keys, JsonValue[] values) {
        if (KeyOrder.isAscending(keys)) {
            return new JsonObject(keys, values, true, null);
        }
        if (keys.length <= LINEAR) {
            for (int i = 1; i < keys.length; i++) {
                for (int j = 0; j < i; j++) {
                    if (keys[i].equals(keys[j])) {
                        return null;
                    }
                }
            }
            return new JsonObject(keys, values, false, null);
        }
        int[] order = KeyOrder.sort(keys);
        for (int i = 1; i < order.length; i++) {
            if (keys[order[i - 1]].equals(keys[order[i]])) {
                return null;
            }
        }
        return new JsonObject(keys, values, false, order);
    }

    public static JsonObject of() {
        return EMPTY;
    }

    /// An object of alternating keys and values, each value anything that [JsonValue#of] takes.
    public static JsonObject of(String key, @Nullable Object value, @Nullable Object... more) {
        if (more.length % 2 != 0) {
            throw new IllegalArgumentException("a key without a value");
        }
        Builder builder = builder().put(key, value);
        for (int i = 0; i < more.length; i += 2) {
            builder.put((String) Objects.requireNonNull(more[i]), more[i + 1]);
        }
        return builder.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /// A builder that starts with the members of this object.
    public Builder toBuilder() {
        Builder builder = new Builder();
        forEach(builder::put);
        return builder;
    }

    public @Nullable JsonValue get(String key) {
        int index = indexOf(key);
        return index < 0 ? null : values[index];
    }

    public boolean has(String key) {
        return indexOf(key) >= 0;
    }

    private int indexOf(String key) {
        if (keys.length <= LINEAR) {
            for (int i = 0; i < keys.length; i++) {
                if (keys[i].equals(key)) {
                    return i;
                }
            }
            return -1;
        }
        int low = 0;
        int high = keys.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int index = order == null ? middle : order[middle];
            int difference = KeyOrder.compare(keys[index], key);
            if (difference == 0) {
                return index;
            }
            if (difference < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    public List<String> keys() {
        return Collections.unmodifiableList(Arrays.asList(keys));
    }

    public List<Map.Entry<String, JsonValue>> entries() {
        List<Map.Entry<String, JsonValue>> entries = new ArrayList<>(keys.length);
        forEach((key, value) -> entries.add(Map.entry(key, value)));
        return entries;
    }

    public void forEach(BiConsumer<String, JsonValue> action) {
        for (int i = 0; i < keys.length; i++) {
            action.accept(keys[i], values[i]);
        }
    }

    public int size() {
        return keys.length;
    }

    public boolean isEmpty() {
        return keys.length == 0;
    }

    /// The string under `key`; empty when it is absent or not a string.
    public Optional<String> string(String key) {
        return get(key) instanceof JsonString string
                ? Optional.of(string.value())
                : Optional.empty();
    }

    /// The integer under `key`; empty when it is absent or not an integer of 64 bits.
    public Optional<Long> integer(String key) {
        return get(key) instanceof JsonNumber number && number.isInteger()
                ? Optional.of(number.longValue())
                : Optional.empty();
    }

    public Optional<JsonObject> object(String key) {
        return get(key) instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    }

    public Optional<JsonArray> array(String key) {
        return get(key) instanceof JsonArray array ? Optional.of(array) : Optional.empty();
    }

    public Optional<Boolean> bool(String key) {
        return get(key) instanceof JsonBoolean bool ? Optional.of(bool.value()) : Optional.empty();
    }

    /// A copy with `key` set: in its place when it was there, else at the end.
    public JsonObject with(String key, @Nullable Object value) {
        int index = indexOf(key);
        if (index >= 0) {
            JsonValue[] changed = values.clone();
            changed[index] = JsonValue.of(value);
            return new JsonObject(keys, changed, ascending, order);
        }
        String[] moreKeys = Arrays.copyOf(keys, keys.length + 1);
        JsonValue[] moreValues = Arrays.copyOf(values, keys.length + 1);
        moreKeys[keys.length] = key;
        moreValues[keys.length] = JsonValue.of(value);
        return Objects.requireNonNull(ofMembers(moreKeys, moreValues));
    }

    /// A copy without the given keys.
    public JsonObject without(String... removed) {
        List<String> gone = Arrays.asList(removed);
        return keep(key -> !gone.contains(key));
    }

    /// A copy with only the keys that are wanted.
    public JsonObject keep(Predicate<String> wanted) {
        String[] keptKeys = new String[keys.length];
        JsonValue[] keptValues = new JsonValue[keys.length];
        int kept = 0;
        for (int i = 0; i < keys.length; i++) {
            if (wanted.test(keys[i])) {
                keptKeys[kept] = keys[i];
                keptValues[kept++] = values[i];
            }
        }
        return kept == keys.length ? this : ofDistinct(keptKeys, keptValues, kept);
    }

    /// The object of the first `size` keys, which are known to be distinct.
    static JsonObject ofDistinct(String[] keys, JsonValue[] values, int size) {
        return size == 0
                ? EMPTY
                : Objects.requireNonNull(
                        ofMembers(Arrays.copyOf(keys, size), Arrays.copyOf(values, size)));
    }

    String keyAt(int index) {
        return keys[index];
    }

    JsonValue valueAt(int index) {
        return values[index];
    }

    /// The indexes of the members in canonical order; null when that is the order in which they
    /// stand.
    int @Nullable [] canonicalOrder() {
        if (ascending) {
            return null;
        }
        return order != null ? order : KeyOrder.sort(keys);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof JsonObject that) || that.keys.length != keys.length) {
            return false;
        }
        for (int i = 0; i < keys.length; i++) {
            if (!values[i].equals(that.get(keys[i]))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = 0; i < keys.length; i++) {
            hash += keys[i].hashCode() ^ values[i].hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        return JsonWriter.compactText(this);
    }

    /// Collects members; a key put again keeps its place and takes the new value.
    public static final class Builder {
        private final Map<String, JsonValue> members = new LinkedHashMap<>();

        private Builder() {}

        /// Sets `key` to anything that [JsonValue#of] takes.
        public Builder put(String key, @Nullable Object value) {
            members.put(key, JsonValue.of(value));
            return this;
        }

        /// Sets `key` unless the value is null.
        public Builder putIfPresent(String key, @Nullable Object value) {
            return value == null ? this : put(key, value);
        }

        public Builder putAll(JsonObject object) {
            object.forEach(members::put);
            return this;
        }

        public Builder remove(String key) {
            members.remove(key);
            return this;
        }

        public boolean isEmpty() {
            return members.isEmpty();
        }

        public JsonObject build() {
            return members.isEmpty()
                    ? EMPTY
                    : ofDistinct(
                            members.keySet().toArray(new String[0]),
                            members.values().toArray(new JsonValue[0]),
                            members.size());
        }
    }
}
