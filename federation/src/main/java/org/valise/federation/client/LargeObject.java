package org.valise.federation.client;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/// A JSON object that is read while it comes: of its large arrays only one element is in memory at
/// a time. Each value is parsed as strictly as anywhere else.
public final class LargeObject {
    private static final int BUFFER = 1 << 16;

    private final InputStream body;
    private final int mostBytesOfAValue;
    private final byte[] buffer = new byte[BUFFER];

    /// What has come of a value that is longer than that.
    private final ByteArrayOutputStream split = new ByteArrayOutputStream();

    private int at;
    private int end;
    private long before;

    private LargeObject(InputStream body, int mostBytesOfAValue) {
        this.body = body;
        this.mostBytesOfAValue = mostBytesOfAValue;
    }

    /// Takes what there is, in the order in which it comes.
    public interface Parts {
        /// An element of an array that is read in parts.
        void element(String array, JsonValue element) throws IOException;

        /// Any other member of the object.
        void member(String key, JsonValue value) throws IOException;
    }

    /// Reads the object to its end.
    ///
    /// @param arrays the members that are read in parts, if they are arrays
    /// @param mostBytesOfAValue how long an element or another member may be
    /// @throws JsonException if it is no object, or a value is too long
    public static void read(
            InputStream body, Set<String> arrays, int mostBytesOfAValue, Parts parts)
            throws IOException {
        new LargeObject(body, mostBytesOfAValue).object(arrays, parts);
    }

    private void object(Set<String> arrays, Parts parts) throws IOException {
        expect('{');
        if (space() == '}') {
            at++;
        } else {
            do {
                if (!(value() instanceof JsonString key)) {
                    throw fault("expected a key");
                }
                expect(':');
                if (arrays.contains(key.value()) && space() == '[') {
                    array(key.value(), parts);
                } else {
                    parts.member(key.value(), value());
                }
            } while (more('}'));
        }
        if (space() >= 0) {
            throw fault("bytes after the object");
        }
    }

    private void array(String key, Parts parts) throws IOException {
        at++;
        if (space() == ']') {
            at++;
            return;
        }
        do {
            parts.element(key, value());
        } while (more(']'));
    }

    /// Whether a comma follows, and so another value; else the closing bracket must.
    private boolean more(char closing) throws IOException {
        int next = space();
        if (next != ',' && next != closing) {
            throw fault("expected ',' or '" + closing + "'");
        }
        at++;
        return next == ',';
    }

    private void expect(char wanted) throws IOException {
        if (space() != wanted) {
            throw fault("expected '" + wanted + "'");
        }
        at++;
    }

    /// The value that begins here: what stands before the next comma, colon or closing bracket
    /// outside of it. Parsed where it lies, unless it is longer than what has come.
    private JsonValue value() throws IOException {
        space();
        split.reset();
        Extent extent = new Extent();
        while (true) {
            int from = at;
            at = extent.scan(buffer, from, end);
            if (split.size() + at - from > mostBytesOfAValue) {
                throw fault("a value of more than " + mostBytesOfAValue + " bytes");
            }
            if (at < end && split.size() == 0) {
                return Json.parse(buffer, from, at);
            }
            split.write(buffer, from, at - from);
            if (at < end || peek() < 0) {
                return Json.parse(split.toByteArray());
            }
        }
    }

    /// Finds where a value ends.
    private static final class Extent {
        private int depth;
        private boolean quoted;
        private boolean escaped;

        /// @return the index of the byte after it, or `end` if that has not come yet
        int scan(byte[] bytes, int from, int end) {
            for (int i = from; i < end; i++) {
                byte next = bytes[i];
                if (quoted) {
                    quoted = escaped || next != '"';
                    escaped = !escaped && next == '\\';
                } else if (next == '"') {
                    quoted = true;
                } else if (next == '{' || next == '[') {
                    depth++;
                } else if (next == '}' || next == ']') {
                    if (depth == 0) {
                        return i;
                    }
                    depth--;
                } else if (depth == 0 && (next == ',' || next == ':')) {
                    return i;
                }
            }
            return end;
        }
    }

    /// Skips whitespace and returns the byte that follows, unread; -1 at the end.
    private int space() throws IOException {
        int next = peek();
        while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
            at++;
            next = peek();
        }
        return next;
    }

    private int peek() throws IOException {
        if (at == end) {
            before += end;
            at = 0;
            end = Math.max(0, body.read(buffer, 0, buffer.length));
            if (end == 0) {
                return -1;
            }
        }
        return buffer[at] & 0xFF;
    }

    private JsonException fault(String message) {
        return new JsonException(message, (int) Math.min(before + at, Integer.MAX_VALUE));
    }
}
