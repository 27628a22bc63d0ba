package org.valise.rooms.rendering;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A growing array of bytes that JSON is put together in. Commas and braces are the caller's.
public final class JsonBuffer {
    private byte[] bytes;
    private int length;

    public JsonBuffer() {
        this(1024);
    }

    public JsonBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /// Text of ASCII characters, as it is.
    public JsonBuffer ascii(String text) {
        int count = text.length();
        room(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) text.charAt(i);
        }
        length += count;
        return this;
    }

    public JsonBuffer raw(byte[] json) {
        return raw(json, 0, json.length);
    }

    public JsonBuffer raw(byte[] json, int from, int to) {
        room(to - from);
        System.arraycopy(json, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    public JsonBuffer number(long value) {
        return ascii(Long.toString(value));
    }

    /// JSON in a string.
    public JsonBuffer utf8(String json) {
        return raw(json.getBytes(StandardCharsets.UTF_8));
    }

    /// A JSON string, quoted and escaped.
    public JsonBuffer string(String text) {
        if (!isPlain(text)) {
            return raw(Json.write(new JsonString(text)));
        }
        ascii("\"").ascii(text);
        return ascii("\"");
    }

    public JsonBuffer value(JsonValue value) {
        return raw(Json.write(value));
    }

    public int length() {
        return length;
    }

    /// Takes back what was written after the first `shorter` bytes.
    public void truncate(int shorter) {
        length = shorter;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
