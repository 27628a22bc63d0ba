package org.valise.platform.http;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonBoolean;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A JSON object that a request brought, read field by field.
///
/// A required field that is missing is `M_MISSING_PARAM`; a field of another type than asked for is
/// `M_BAD_JSON` (or what [#refusingWith(ErrorCode)] says). An optional field that is `null` counts
/// as absent: many clients write it so.
public final class Body {
    private final JsonObject json;
    private final ErrorCode wrongType;

    private Body(JsonObject json, ErrorCode wrongType) {
        this.json = json;
        this.wrongType = wrongType;
    }

    /// Also for objects within a body.
    public static Body of(JsonObject json) {
        return new Body(json, ErrorCode.M_BAD_JSON);
    }

    /// The same body, refusing wrong types with another code: some operations want
    /// `M_INVALID_PARAM`.
    public Body refusingWith(ErrorCode code) {
        return new Body(json, code);
    }

    public JsonObject json() {
        return json;
    }

    public boolean has(String field) {
        return json.has(field);
    }

    public String string(String field) {
        return optionalString(field).orElseThrow(() -> missing(field));
    }

    /// A string read by a strict parser ([IllegalArgumentException] or its like from it is
    /// `M_INVALID_PARAM`).
    public <T> T string(String field, Function<String, T> parser) {
        return Parsing.parse(field, string(field), parser);
    }

    public long integer(String field) {
        return optionalInteger(field).orElseThrow(() -> missing(field));
    }

    public boolean bool(String field) {
        return optionalBool(field).orElseThrow(() -> missing(field));
    }

    public JsonObject object(String field) {
        return optionalObject(field).orElseThrow(() -> missing(field));
    }

    public JsonArray array(String field) {
        return optionalArray(field).orElseThrow(() -> missing(field));
    }

    public List<String> strings(String field) {
        return optionalStrings(field).orElseThrow(() -> missing(field));
    }

    public Optional<String> optionalString(String field) {
        return switch (present(field)) {
            case null -> Optional.empty();
            case JsonString string -> Optional.of(string.value());
            default -> throw notA("string", field);
        };
    }

    public <T> Optional<T> optionalString(String field, Function<String, T> parser) {
        return optionalString(field).map(text -> Parsing.parse(field, text, parser));
    }

    public Optional<Long> optionalInteger(String field) {
        return switch (present(field)) {
            case null -> Optional.empty();
            case JsonNumber number when number.isInteger() -> Optional.of(number.longValue());
            default -> throw notA("integer", field);
        };
    }

    public Optional<Boolean> optionalBool(String field) {
        return switch (present(field)) {
            case null -> Optional.empty();
            case JsonBoolean bool -> Optional.of(bool == JsonBoolean.TRUE);
            default -> throw notA("boolean", field);
        };
    }

    public Optional<JsonObject> optionalObject(String field) {
        return switch (present(field)) {
            case null -> Optional.empty();
            case JsonObject object -> Optional.of(object);
            default -> throw notA("object", field);
        };
    }

    public Optional<JsonArray> optionalArray(String field) {
        return switch (present(field)) {
            case null -> Optional.empty();
            case JsonArray array -> Optional.of(array);
            default -> throw notA("array", field);
        };
    }

    /// An array of nothing but strings.
    public Optional<List<String>> optionalStrings(String field) {
        return optionalArray(field)
                .map(array ->
                        array.values().stream()
                                .map(value -> {
                                    if (value instanceof JsonString string) {
                                        return string.value();
                                    }
                                    throw notA("array of strings", field);
                                })
                                .toList());
    }

    private @Nullable JsonValue present(String field) {
        JsonValue value = json.get(field);
        return value instanceof JsonNull ? null : value;
    }

    private static MatrixException missing(String field) {
        return new MatrixException(ErrorCode.M_MISSING_PARAM, "Missing field: " + field)
                .status(400);
    }

    private MatrixException notA(String type, String field) {
        return new MatrixException(wrongType, "Field " + field + " is not of type " + type)
                .status(400);
    }
}
