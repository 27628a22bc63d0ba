package org.valise.rooms.directory;

import org.valise.platform.http.Body;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which rooms of the directory somebody wants.
///
/// @param term lower case; empty for none
/// @param anyType whether rooms of every type are wanted, else those of `types`
/// @param untyped whether rooms without a type are wanted
record DirectorySearch(String term, boolean anyType, String[] types, boolean untyped) {
    static final DirectorySearch ALL = new DirectorySearch("", true, new String[0], true);
    private static final int MAX_TERM = 512;

    static DirectorySearch read(Body filter) {
        String term = normal(filter.optionalString("generic_search_term").orElse(""));
        Optional<JsonArray> wanted = filter.optionalArray("room_types");
        List<String> types = new ArrayList<>();
        boolean untyped = wanted.isEmpty();
        for (JsonValue type : wanted.orElse(JsonArray.of()).values()) {
            switch (type) {
                case JsonString(String name) -> types.add(name.replace("\0", ""));
                // To include rooms without a room type, specify `null` within this list.
                case JsonNull _ -> untyped = true;
                default ->
                        throw new MatrixException(
                                ErrorCode.M_BAD_JSON, "room_types must hold strings and null");
            }
        }
        return new DirectorySearch(
                shortened(term, MAX_TERM), wanted.isEmpty(), types.toArray(String[]::new), untyped);
    }

    /// The beginning of a text; no character is cut in two.
    static String shortened(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(
                0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }

    /// Text as it is searched.
    static String normal(String text) {
        return text.replace("\0", "").strip().toLowerCase(Locale.ROOT);
    }
}
