package org.valise.protocol.json;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes values into one growing array of bytes.
final class JsonWriter {
    enum Form {
        /// Insertion order, numbers as they are.
        COMPACT,
        /// Code-point order, integers within ±(2^53 - 1) only.
        CANONICAL,
        /// Code-point order, other numbers allowed.
        LOOSE
    }

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    /// The letter after the backslash for controls that have one, else 0.
    private static final byte[] SHORT_ESCAPES = new byte[0x20];

    static {
        SHORT_ESCAPES['\b'] = 'b';
        SHORT_ESCAPES['\t'] = 't';
        SHORT_ESCAPES['\n'] = 'n';
        SHORT_ESCAPES['\f'] = 'f';
        SHORT_ESCAPES['\r'] = 'r';
    }

    /// The ASCII characters that stand for themselves in a string.
    private static final boolean[] PLAIN = new boolean[0x80];

    static {
        Arrays.fill(PLAIN, 0x20, 0x80, true);
        PLAIN['"'] = false;
        PLAIN['\\'] = false;
    }

    private final Form form;
    private byte[] buffer = new byte[512];
    private int size;

    private JsonWriter(Form form) {
        this.form = form;
    }

    static byte[] write(JsonValue value, Form form) {
        JsonWriter writer = new JsonWriter(form);
        writer.value(value);
        return Arrays.copyOf(writer.buffer, writer.size);
    }

    static String compactText(JsonValue value) {
        JsonWriter writer = new JsonWriter(Form.COMPACT);
        writer.value(value);
        return new String(writer.buffer, 0, writer.size, StandardCharsets.UTF_8);
    }

    private void value(JsonValue value) {
        switch (value) {
            case JsonString string -> string(string.value());
            case JsonObject object -> object(object);
            case JsonArray array -> array(array);
            case JsonNumber number -> number(number);
            case JsonBoolean bool -> ascii(bool.toString());
            case JsonNull nothing -> ascii(nothing.toString());
        }
    }

    private void object(JsonObject object) {
        int[] order = form == Form.COMPACT ? null : object.canonicalOrder();
        octet('{');
        for (int i = 0; i < object.size(); i++) {
            if (i > 0) {
                octet(',');
            }
            int index = order == null ? i : order[i];
            string(object.keyAt(index));
            octet(':');
            value(object.valueAt(index));
        }
        octet('}');
    }

    private void array(JsonArray array) {
        octet('[');
        for (int i = 0; i < array.size(); i++) {
            if (i > 0) {
                octet(',');
            }
            value(array.get(i));
        }
        octet(']');
    }

    private void number(JsonNumber number) {
        // "Numbers in the JSON must be integers in the range [-(2**53)+1, (2**53)-1], represented
        // without exponents or decimal places, and negative zero -0 MUST NOT appear."
        switch (form) {
            case COMPACT -> numeral(number);
            case LOOSE -> {
                if (number.isInteger()) {
                    numeral(number);
                } else {
                    ascii(looseText(number.text()));
                }
            }
            case CANONICAL -> {
                if (!number.isInteger()) {
                    throw new JsonException("not an integer: " + excerpt(number.text()), -1);
                }
                if (Math.abs(number.longValue()) > CanonicalJson.MAX_INTEGER
                        || number.longValue() == Long.MIN_VALUE) {
                    throw new JsonException("integer beyond 2^53 - 1: " + number.text(), -1);
                }
                numeral(number);
            }
        }
    }

    private static String excerpt(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    /// Old servers write floats as Python does (`50.57`, `1e+16`): those are kept, since the sender
    /// has hashed that text. What Python would never write is brought into the form of the
    /// specification's examples.
    private static String looseText(String text) {
        if (text.equals("-0")) {
            return "0";
        }
        int exponent = Math.max(text.indexOf('e'), text.indexOf('E'));
        if (exponent < 0 || text.indexOf('.') >= 0 || text.length() - exponent > 3) {
            return text;
        }
        String power = text.substring(exponent + 1);
        if (!Character.isDigit(power.charAt(0))) {
            return text;
        }
        BigInteger digits = new BigInteger(text.substring(0, exponent));
        return digits.multiply(BigInteger.TEN.pow(Integer.parseInt(power))).toString();
    }

    private void numeral(JsonNumber number) {
        if (!number.isInteger()) {
            ascii(number.text());
            return;
        }
        long value = number.longValue();
        if (value == Long.MIN_VALUE) {
            ascii(number.text());
            return;
        }
        if (value < 0) {
            octet('-');
            value = -value;
        }
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        reserve(digits);
        size += digits;
        for (int at = size; digits > 0; digits--) {
            buffer[--at] = (byte) ('0' + value % 10);
            value /= 10;
        }
    }

    private void string(String text) {
        int length = text.length();
        int plain = 0;
        while (plain < length && isPlain(text.charAt(plain))) {
            plain++;
        }
        reserve(length + 2);
        buffer[size++] = '"';
        copyAscii(text, plain);
        for (int i = plain; i < length; i++) {
            i += unit(text, i);
        }
        octet('"');
    }

    private static boolean isPlain(char unit) {
        return unit < 0x80 && PLAIN[unit];
    }

    @SuppressWarnings("deprecation") // The one way to copy ASCII without a second array.
    private void copyAscii(String text, int length) {
        text.getBytes(0, length, buffer, size);
        size += length;
    }

    /// Writes the unit at `i` and returns how many further units it took.
    private int unit(String text, int i) {
        reserve(6);
        char unit = text.charAt(i);
        if (unit >= 0x80) {
            return beyondAscii(text, i, unit);
        }
        if (unit == '"' || unit == '\\') {
            buffer[size++] = '\\';
            buffer[size++] = (byte) unit;
        } else if (unit >= 0x20) {
            buffer[size++] = (byte) unit;
        } else {
            control(unit);
        }
        return 0;
    }

    private void control(char unit) {
        buffer[size++] = '\\';
        byte letter = SHORT_ESCAPES[unit];
        if (letter != 0) {
            buffer[size++] = letter;
            return;
        }
        buffer[size++] = 'u';
        buffer[size++] = '0';
        buffer[size++] = '0';
        buffer[size++] = HEX[unit >> 4];
        buffer[size++] = HEX[unit & 15];
    }

    private int beyondAscii(String text, int i, char unit) {
        if (unit < 0x800) {
            buffer[size++] = (byte) (0xC0 | unit >> 6);
            buffer[size++] = (byte) (0x80 | unit & 0x3F);
            return 0;
        }
        if (!Character.isSurrogate(unit)) {
            buffer[size++] = (byte) (0xE0 | unit >> 12);
            buffer[size++] = (byte) (0x80 | unit >> 6 & 0x3F);
            buffer[size++] = (byte) (0x80 | unit & 0x3F);
            return 0;
        }
        // SECURITY: a lone surrogate has no UTF-8; replaced by '?', two different texts would have
        // one signature.
        if (Character.isLowSurrogate(unit)
                || i + 1 == text.length()
                || !Character.isLowSurrogate(text.charAt(i + 1))) {
            throw new JsonException("lone surrogate", -1);
        }
        int point = Character.toCodePoint(unit, text.charAt(i + 1));
        buffer[size++] = (byte) (0xF0 | point >> 18);
        buffer[size++] = (byte) (0x80 | point >> 12 & 0x3F);
        buffer[size++] = (byte) (0x80 | point >> 6 & 0x3F);
        buffer[size++] = (byte) (0x80 | point & 0x3F);
        return 1;
    }

    private void ascii(String text) {
        reserve(text.length());
        copyAscii(text, text.length());
    }

    private void octet(char octet) {
        reserve(1);
        buffer[size++] = (byte) octet;
    }

    private void reserve(int bytes) {
        if (buffer.length - size < bytes) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
        }
    }
}
