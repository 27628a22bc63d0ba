package org.valise.protocol.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A recursive-descent parser over bytes of UTF-8.
///
/// SECURITY: it reads bytes from strangers and throws nothing but [JsonException]. It refuses
/// - a key that stands twice in an object: two readers that pick different ones see two different
///   signed events;
/// - bytes that are not UTF-8 (overlong forms and encoded surrogates too) and escapes of lone
///   surrogates: they have no canonical form;
/// - nesting beyond [Json#MAX_DEPTH]: the stack is bounded, here and for whoever walks the tree;
/// - numbers longer than [Json#MAX_NUMBER_LENGTH];
/// - more values than a text of such a length has, unless it is made of them
///   ([Json#BYTES_A_VALUE]): each takes many times the memory of its few bytes;
/// - anything after the value, and every leniency (comments, single quotation marks, leading zeros,
///   NaN, byte order marks).
///
/// Members and elements are gathered on one stack for the whole document and copied out at their
/// exact size.
final class JsonParser {
    private final byte[] bytes;
    private final int end;
    private int at;
    private int depth;

    /// How many values may still follow.
    private int left;

    private Object[] stack = new Object[32];
    private int top;

    /// The units of a string with escapes; made when first needed.
    private char[] units = {};

    JsonParser(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
        this.left = Json.FREE_VALUES + (end - start) / Json.BYTES_A_VALUE;
    }

    JsonValue document() {
        JsonValue value = value(space());
        space();
        if (at < end) {
            throw fault("bytes after the value");
        }
        return value;
    }

    /// The key whose opening quotation mark stands there.
    String keyAt(int position) {
        at = position + 1;
        return key();
    }

    JsonValue valueAt(int position) {
        at = position;
        return value(space());
    }

    /// The index of the next byte to be read.
    int position() {
        return at;
    }

    /// Skips whitespace and returns the byte that follows, unread; -1 at the end.
    private int space() {
        while (at < end) {
            byte next = bytes[at];
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next & 0xFF;
            }
            at++;
        }
        return -1;
    }

    private JsonValue value(int first) {
        if (--left < 0) {
            throw fault("too many values");
        }
        return switch (first) {
            case '"' -> {
                at++;
                yield new JsonString(string());
            }
            case '{' -> object();
            case '[' -> array();
            case 't' -> word("true", JsonBoolean.TRUE);
            case 'f' -> word("false", JsonBoolean.FALSE);
            case 'n' -> word("null", JsonNull.NULL);
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            case -1 -> throw fault("unexpected end");
            default -> throw fault("unexpected byte");
        };
    }

    private JsonValue word(String word, JsonValue value) {
        for (int i = 0; i < word.length(); i++, at++) {
            if (at >= end || bytes[at] != word.charAt(i)) {
                throw fault("unexpected byte");
            }
        }
        return value;
    }

    private JsonObject object() {
        int opened = at++;
        deeper();
        int base = top;
        if (space() == '}') {
            at++;
        } else {
            do {
                if (space() != '"') {
                    throw fault("expected a key");
                }
                at++;
                push(key());
                if (space() != ':') {
                    throw fault("expected ':'");
                }
                at++;
                push(value(space()));
            } while (more('}'));
        }
        depth--;
        return pop(base, opened);
    }

    private JsonObject pop(int base, int opened) {
        int size = (top - base) / 2;
        if (size == 0) {
            return JsonObject.EMPTY;
        }
        String[] keys = new String[size];
        JsonValue[] values = new JsonValue[size];
        for (int i = 0, from = base; i < size; i++) {
            keys[i] = (String) stack[from++];
            values[i] = (JsonValue) stack[from++];
        }
        top = base;
        JsonObject object = JsonObject.ofMembers(keys, values);
        if (object == null) {
            at = opened;
            throw fault("a key stands twice in the object");
        }
        return object;
    }

    private JsonArray array() {
        at++;
        deeper();
        int base = top;
        if (space() == ']') {
            at++;
        } else {
            do {
                push(value(space()));
            } while (more(']'));
        }
        depth--;
        if (top == base) {
            return JsonArray.EMPTY;
        }
        JsonValue[] values = new JsonValue[top - base];
        System.arraycopy(stack, base, values, 0, values.length);
        top = base;
        return new JsonArray(values);
    }

    /// Whether a comma follows, and so another member; else the closing bracket must.
    private boolean more(char closing) {
        int next = space();
        if (next != ',' && next != closing) {
            throw fault(next < 0 ? "unexpected end" : "expected ',' or '" + closing + "'");
        }
        at++;
        return next == ',';
    }

    private void deeper() {
        if (++depth > Json.MAX_DEPTH) {
            throw fault("nested too deeply");
        }
    }

    private void push(Object entry) {
        if (top == stack.length) {
            stack = Arrays.copyOf(stack, top * 2);
        }
        stack[top++] = entry;
    }

    private JsonNumber number() {
        int start = at;
        if (bytes[at] == '-') {
            at++;
        }
        int first = at;
        digits();
        if (at - first > 1 && bytes[first] == '0') {
            at = first;
            throw fault("leading zero");
        }
        boolean integer = true;
        if (at < end && bytes[at] == '.') {
            integer = false;
            at++;
            digits();
        }
        if (at < end && (bytes[at] | 0x20) == 'e') {
            integer = false;
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            digits();
        }
        if (at - start > Json.MAX_NUMBER_LENGTH) {
            throw fault("number too long");
        }
        return integer
                ? JsonNumber.ofParsedInteger(bytes, start, at)
                : JsonNumber.ofParsedText(ascii(start, at));
    }

    private void digits() {
        int start = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw fault("expected a digit");
        }
    }

    private String ascii(int start, int stop) {
        return new String(bytes, start, stop - start, StandardCharsets.ISO_8859_1);
    }

    private String key() {
        int start = at;
        int stop = plainEnd();
        if (stop < end && bytes[stop] == '"') {
            at = stop + 1;
            String known = KnownKeys.find(bytes, start, stop);
            return known != null ? known : ascii(start, stop);
        }
        return string();
    }

    /// Where the run of unescaped ASCII that starts here ends.
    private int plainEnd() {
        int i = at;
        while (i < end) {
            byte next = bytes[i];
            if (next < 0x20 || next == '"' || next == '\\') {
                return i;
            }
            i++;
        }
        return i;
    }

    /// The string whose opening quotation mark has been read.
    private String string() {
        int start = at;
        at = plainEnd();
        boolean ascii = true;
        while (at < end) {
            byte next = bytes[at];
            if (next == '"') {
                String text =
                        ascii
                                ? ascii(start, at)
                                : new String(bytes, start, at - start, StandardCharsets.UTF_8);
                at++;
                return text;
            }
            if (next == '\\') {
                return escaped(start);
            }
            if (next < 0) {
                ascii = false;
                at += sequence();
            } else if (next < 0x20) {
                throw fault("control character in a string");
            } else {
                at++;
            }
        }
        throw fault("unexpected end");
    }

    /// The string from `start`, of which an escape has been met.
    private String escaped(int start) {
        // No string has more units than bytes.
        int length = 0;
        String prefix = new String(bytes, start, at - start, StandardCharsets.UTF_8);
        ensureUnits(prefix.length());
        prefix.getChars(0, prefix.length(), units, 0);
        length = prefix.length();
        while (at < end) {
            byte next = bytes[at];
            ensureUnits(length + 2);
            if (next == '"') {
                at++;
                return new String(units, 0, length);
            }
            if (next == '\\') {
                at++;
                length = escape(length);
            } else if (next >= 0x20) {
                units[length++] = (char) next;
                at++;
            } else if (next < 0) {
                int bytesOfSequence = sequence();
                length += Character.toChars(Utf8.point(bytes, at, bytesOfSequence), units, length);
                at += bytesOfSequence;
            } else {
                throw fault("control character in a string");
            }
        }
        throw fault("unexpected end");
    }

    private void ensureUnits(int length) {
        if (units.length < length) {
            units = Arrays.copyOf(units, Math.max(length * 2, 64));
        }
    }

    /// Reads what follows a backslash into `units`, and returns the new length.
    private int escape(int length) {
        if (at >= end) {
            throw fault("unexpected end");
        }
        byte letter = bytes[at++];
        switch (letter) {
            case '"', '\\', '/' -> units[length] = (char) letter;
            case 'b' -> units[length] = '\b';
            case 't' -> units[length] = '\t';
            case 'n' -> units[length] = '\n';
            case 'f' -> units[length] = '\f';
            case 'r' -> units[length] = '\r';
            case 'u' -> {
                char unit = hexUnit();
                units[length] = unit;
                if (Character.isSurrogate(unit)) {
                    units[++length] = lowSurrogateAfter(unit);
                }
            }
            default -> throw fault("unknown escape");
        }
        return length + 1;
    }

    private char lowSurrogateAfter(char unit) {
        if (Character.isHighSurrogate(unit)
                && at + 1 < end
                && bytes[at] == '\\'
                && bytes[at + 1] == 'u') {
            at += 2;
            char low = hexUnit();
            if (Character.isLowSurrogate(low)) {
                return low;
            }
        }
        throw fault("lone surrogate");
    }

    private char hexUnit() {
        if (end - at < 4) {
            throw fault("unexpected end");
        }
        int unit = HexDigits.unit(bytes, at);
        if (unit < 0) {
            throw fault("not a hexadecimal digit");
        }
        at += 4;
        return (char) unit;
    }

    /// The length of the UTF-8 sequence that starts here.
    private int sequence() {
        int length = Utf8.sequence(bytes, at, end);
        if (length == 0) {
            throw fault("not UTF-8");
        }
        return length;
    }

    private JsonException fault(String message) {
        return new JsonException(message, at);
    }
}
