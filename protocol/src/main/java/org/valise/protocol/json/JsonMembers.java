package org.valise.protocol.json;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;

/// Walks the members of one object in bytes that are trusted to be well-formed compact JSON, and
/// makes values only of those that are asked for.
///
/// ```java
/// JsonMembers members = new JsonMembers(bytes);
/// while (members.next()) {
///     if (members.key().equals("type")) { type = members.value(); } else { members.skip(); }
/// }
/// ```
public final class JsonMembers {
    private final byte[] bytes;
    private final JsonParser parser;
    private String key = "";
    private int at;
    private int begin;
    private int start;

    /// @throws JsonException when the bytes are not an object
    public JsonMembers(byte[] bytes) {
        this.bytes = bytes;
        this.parser = new JsonParser(bytes, 0, bytes.length);
        if (bytes.length < 2 || bytes[0] != '{') {
            throw new JsonException("not an object", 0);
        }
    }

    /// The object of only the members that are wanted.
    public static JsonObject select(byte[] bytes, Set<String> wanted) {
        String[] keys = new String[wanted.size()];
        JsonValue[] values = new JsonValue[wanted.size()];
        int found = 0;
        JsonMembers members = new JsonMembers(bytes);
        while (members.next()) {
            if (wanted.contains(members.key)) {
                keys[found] = members.key;
                values[found++] = members.value();
            } else {
                members.skip();
            }
        }
        return JsonObject.ofDistinct(keys, values, found);
    }

    /// The bytes of the object with only the members that are wanted, each as it stands there.
    ///
    /// @param replaced a member that gets another value if it is wanted; null for none
    /// @param value the JSON of that value
    public static byte[] keep(
            byte[] bytes, Predicate<String> wanted, @Nullable String replaced, byte[] value) {
        byte[] kept = new byte[bytes.length + value.length];
        int size = 0;
        JsonMembers members = new JsonMembers(bytes);
        while (members.next()) {
            members.skip();
            if (wanted.test(members.key)) {
                kept[size] = (byte) (size == 0 ? '{' : ',');
                size++;
                boolean asItIs = !members.key.equals(replaced);
                int length = (asItIs ? members.at : members.start) - members.begin;
                System.arraycopy(bytes, members.begin, kept, size, length);
                size += length;
                if (!asItIs) {
                    System.arraycopy(value, 0, kept, size, value.length);
                    size += value.length;
                }
            }
        }
        if (size == 0) {
            kept[size++] = '{';
        }
        kept[size++] = '}';
        return Arrays.copyOf(kept, size);
    }

    /// Moves on to the next member, whose value must then be taken or skipped.
    public boolean next() {
        at++; // past the opening brace, or the comma or closing brace that follows a value
        if (at >= bytes.length || bytes[at] == '}') {
            return false;
        }
        begin = at;
        key = parser.keyAt(at);
        start = parser.position() + 1;
        return true;
    }

    public String key() {
        return key;
    }

    /// The value of this member.
    public JsonValue value() {
        JsonValue value = parser.valueAt(start);
        at = parser.position();
        return value;
    }

    /// Passes over the value of this member.
    public void skip() {
        int depth = 0;
        int i = start;
        do {
            byte next = bytes[i];
            if (next == '"') {
                i = closingQuote(i + 1);
            } else if (next == '{' || next == '[') {
                depth++;
            } else if (next == '}' || next == ']') {
                depth--;
            }
            i++;
        } while (depth > 0 || bytes[i] != ',' && bytes[i] != '}');
        at = i;
    }

    private int closingQuote(int from) {
        int i = from;
        while (bytes[i] != '"') {
            i += bytes[i] == '\\' ? 2 : 1;
        }
        return i;
    }

    /// The index of the first byte of the value.
    public int start() {
        return start;
    }

    /// The index after the last byte of the value, once it was taken or skipped.
    public int end() {
        return at;
    }
}
