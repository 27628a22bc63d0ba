package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A JSON number: an integer kept as a `long`, or anything else (fractions, exponents, `-0`,
/// integers beyond 64 bits) kept as its text, so that events of room versions 1 to 5 and what
/// clients pass through survive unchanged.
public final class JsonNumber implements JsonValue {
    private static final JsonNumber[] SMALL = new JsonNumber[256];

    static {
        for (int i = 0; i < SMALL.length; i++) {
            SMALL[i] = new JsonNumber(i, null);
        }
    }

    private final long value;

    /// The text of what is not an integer of 64 bits, else null.
    private final @Nullable String text;

    private JsonNumber(long value, @Nullable String text) {
        this.value = value;
        this.text = text;
    }

    public static JsonNumber of(long value) {
        return value >= 0 && value < SMALL.length
                ? SMALL[(int) value]
                : new JsonNumber(value, null);
    }

    /// @throws IllegalArgumentException for infinities and NaN, which JSON cannot express
    public static JsonNumber of(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("not a JSON number: " + value);
        }
        return ofText(Double.toString(value));
    }

    /// The number written as `text`, which must follow the JSON grammar.
    public static JsonNumber ofText(String text) {
        if (Json.parse(text) instanceof JsonNumber number) {
            return number;
        }
        throw new IllegalArgumentException("not a JSON number: " + text);
    }

    /// For the parser, which has checked the grammar.
    static JsonNumber ofParsedText(String text) {
        return new JsonNumber(0, text);
    }

    /// For the parser: the integer whose digits, and perhaps a minus sign before them, are these
    /// bytes.
    static JsonNumber ofParsedInteger(byte[] bytes, int start, int end) {
        boolean negative = bytes[start] == '-';
        int first = negative ? start + 1 : start;
        if (end - first <= 18 && !(negative && bytes[first] == '0')) {
            long value = 0;
            for (int i = first; i < end; i++) {
                value = value * 10 + (bytes[i] - '0');
            }
            return of(negative ? -value : value);
        }
        String text = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        try {
            return negative && bytes[first] == '0' ? ofParsedText(text) : of(Long.parseLong(text));
        } catch (NumberFormatException beyond64Bits) {
            return ofParsedText(text);
        }
    }

    /// Whether this is an integer of 64 bits, written as one (`1.0`, `1e3` and `-0` are not).
    public boolean isInteger() {
        return text == null;
    }

    /// @throws IllegalStateException when this is not an integer
    public long longValue() {
        if (text != null) {
            throw new IllegalStateException("not an integer: " + text);
        }
        return value;
    }

    /// The nearest double, infinite when out of range. Takes time in the length of the text only
    /// (unlike `BigDecimal` arithmetic, for which `1e999999999` is an attack).
    public double doubleValue() {
        return text == null ? value : Double.parseDouble(text);
    }

    /// The number as it is written.
    public String text() {
        return text == null ? Long.toString(value) : text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonNumber that
                && value == that.value
                && Objects.equals(text, that.text);
    }

    @Override
    public int hashCode() {
        return text == null ? Long.hashCode(value) : text.hashCode();
    }

    @Override
    public String toString() {
        return text();
    }
}
