package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Any JSON value. Immutable; `toString()` is its compact JSON.
public sealed interface JsonValue
        permits JsonObject, JsonArray, JsonString, JsonNumber, JsonBoolean, JsonNull {

    /// The JSON value of a plain Java one: a `JsonValue`, `String`, `Number`, `Boolean`,
    /// `Collection`, `Map` or `null`.
    static JsonValue of(@Nullable Object value) {
        return switch (value) {
            case null -> JsonNull.NULL;
            case JsonValue json -> json;
            case String string -> new JsonString(string);
            case Boolean bool -> JsonBoolean.of(bool);
            case Long number -> JsonNumber.of(number);
            case Integer number -> JsonNumber.of(number);
            case Short number -> JsonNumber.of(number);
            case Byte number -> JsonNumber.of(number);
            case Double number -> JsonNumber.of(number.doubleValue());
            case Float number -> JsonNumber.of(number.doubleValue());
            case BigInteger number -> JsonNumber.ofText(number.toString());
            case BigDecimal number -> JsonNumber.ofText(number.toString());
            case Collection<?> collection -> {
                List<JsonValue> values = new ArrayList<>(collection.size());
                collection.forEach(element -> values.add(of(element)));
                yield JsonArray.of(values);
            }
            case Map<?, ?> map -> {
                JsonObject.Builder object = JsonObject.builder();
                map.forEach((key, element) -> object.put((String) key, element));
                yield object.build();
            }
            default ->
                    throw new IllegalArgumentException(
                            "not a JSON value: " + value.getClass().getName());
        };
    }
}
