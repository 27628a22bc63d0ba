package org.valise.protocol.filter;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonBoolean;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Reads the properties of a filter, strictly: `M_BAD_JSON` for a wrong type, `M_INVALID_PARAM` for
/// a wrong value.
final class FilterReader {
    /// SECURITY: filters are stored, and run on every event.
    static final int MAX_LIST = 1_000;

    static final int MAX_ENTRY_LENGTH = 512;

    private final JsonObject json;
    private final String path;

    FilterReader(JsonObject json, String path) {
        this.json = json;
        this.path = path;
    }

    FilterReader object(String key) {
        JsonValue value = json.get(key);
        String at = path + key + ".";
        return switch (value) {
            case null -> new FilterReader(JsonObject.of(), at);
            case JsonObject object -> new FilterReader(object, at);
            default -> throw wrongType(key, "an object");
        };
    }

    boolean has(String key) {
        return json.has(key);
    }

    boolean flag(String key) {
        Boolean value = optionalFlag(key);
        return value != null && value;
    }

    @Nullable Boolean optionalFlag(String key) {
        JsonValue value = json.get(key);
        return switch (value) {
            case null -> null;
            case JsonBoolean flag -> flag.equals(JsonBoolean.TRUE);
            default -> throw wrongType(key, "a boolean");
        };
    }

    @Nullable String optionalText(String key) {
        JsonValue value = json.get(key);
        return switch (value) {
            case null -> null;
            case JsonString text -> text.value();
            default -> throw wrongType(key, "a string");
        };
    }

    @Nullable Long optionalInteger(String key) {
        JsonValue value = json.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonNumber number && number.isInteger()) {
            return number.longValue();
        }
        throw wrongType(key, "an integer");
    }

    @Nullable List<String> texts(String key) {
        return texts(key, "a string", _ -> true);
    }

    @Nullable List<String> userIds(String key) {
        return texts(key, "a user id", text -> UserId.tryParse(text).isPresent());
    }

    @Nullable List<String> roomIds(String key) {
        return texts(key, "a room id", text -> RoomId.tryParse(text).isPresent());
    }

    private @Nullable List<String> texts(String key, String what, Predicate<String> valid) {
        JsonValue value = json.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonArray array)) {
            throw wrongType(key, "an array");
        }
        if (array.values().size() > MAX_LIST) {
            throw invalid(key, "must not have more than " + MAX_LIST + " entries");
        }
        List<String> texts = new ArrayList<>();
        for (JsonValue entry : array.values()) {
            if (!(entry instanceof JsonString text)) {
                throw wrongType(key, "an array of strings");
            }
            if (text.value().length() > MAX_ENTRY_LENGTH || !valid.test(text.value())) {
                throw invalid(key, "has an entry that is not " + what);
            }
            texts.add(text.value());
        }
        return List.copyOf(texts);
    }

    private MatrixException wrongType(String key, String type) {
        return new MatrixException(
                ErrorCode.M_BAD_JSON, "Filter: '" + path + key + "' must be " + type + ".");
    }

    MatrixException invalid(String key, String fault) {
        return new MatrixException(
                ErrorCode.M_INVALID_PARAM, "Filter: '" + path + key + "' " + fault + ".");
    }
}
