package org.valise.protocol.json;

import java.nio.charset.StandardCharsets;

/// Reads and writes JSON. The parser is strict: what it refuses is listed in [JsonParser].
public final class Json {
    /// How deeply arrays and objects may nest.
    ///
    /// SECURITY: the limit keeps whatever walks a tree from overflowing the stack. It is as high as
    /// where servers in Python stop by themselves: with a lower one, an event that they take and we
    /// refuse would split us from its room.
    public static final int MAX_DEPTH = 1_000;

    /// How long the text of a number may be.
    public static final int MAX_NUMBER_LENGTH = 1_000;

    /// How many values a text may have whatever its length: more than there are in any event.
    static final int FREE_VALUES = 50_000;

    /// In longer texts, how many bytes a value must have on average. What servers and clients send
    /// each other is mostly ids, hashes and signatures; it has several times as many.
    static final int BYTES_A_VALUE = 8;

    private Json() {}

    /// @throws JsonException when the bytes are not one JSON value in UTF-8
    public static JsonValue parse(byte[] utf8) {
        return parse(utf8, 0, utf8.length);
    }

    /// Parses the bytes from `start` up to but not including `end`.
    public static JsonValue parse(byte[] utf8, int start, int end) {
        return new JsonParser(utf8, start, end).document();
    }

    public static JsonValue parse(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        // getBytes() writes '?' for what is no character: a refusal here, never another text than
        // was given.
        if (!Unicode.isWellFormed(text)) {
            throw new JsonException("lone surrogate", -1);
        }
        return parse(utf8);
    }

    /// @throws JsonException when the bytes are not one JSON object in UTF-8
    public static JsonObject parseObject(byte[] utf8) {
        return parseObject(utf8, 0, utf8.length);
    }

    public static JsonObject parseObject(byte[] utf8, int start, int end) {
        return asObject(parse(utf8, start, end));
    }

    public static JsonObject parseObject(String text) {
        return asObject(parse(text));
    }

    private static JsonObject asObject(JsonValue value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new JsonException("not an object", -1);
    }

    /// Compact JSON in UTF-8, members in insertion order.
    ///
    /// @throws JsonException when a string holds a lone surrogate
    public static byte[] write(JsonValue value) {
        return JsonWriter.write(value, JsonWriter.Form.COMPACT);
    }
}
