package org.valise.platform.http;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Percent-decoding of one path segment or query component, strictly UTF-8.
final class PercentCoding {
    private PercentCoding() {}

    /// A path segment: `+` stands for itself.
    static String decodeSegment(String raw, int from, int to) {
        return raw.indexOf('%', from, to) < 0
                ? raw.substring(from, to)
                : decode(raw, from, to, false);
    }

    /// A name or value of a query: `+` stands for a space.
    static String decodeComponent(String raw, int from, int to) {
        boolean plain = raw.indexOf('%', from, to) < 0 && raw.indexOf('+', from, to) < 0;
        return plain ? raw.substring(from, to) : decode(raw, from, to, true);
    }

    private static String decode(String raw, int from, int to, boolean plusIsSpace) {
        ByteBuffer bytes = ByteBuffer.allocate((to - from) * 3);
        for (int i = from; i < to; i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                if (i + 2 >= to) {
                    throw malformed();
                }
                int high = Character.digit(raw.charAt(i + 1), 16);
                int low = Character.digit(raw.charAt(i + 2), 16);
                if (high < 0 || low < 0 || raw.charAt(i + 1) > 'f' || raw.charAt(i + 2) > 'f') {
                    throw malformed();
                }
                // No name in Matrix holds a NUL, and PostgreSQL stores none.
                if (high == 0 && low == 0) {
                    throw malformed();
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else if (c == '+' && plusIsSpace) {
                bytes.put((byte) ' ');
            } else if (c < 0x80) {
                bytes.put((byte) c);
            } else {
                int end = Character.isHighSurrogate(c) && i + 1 < to ? i + 2 : i + 1;
                bytes.put(raw.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end - 1;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw malformed();
        }
    }

    private static MatrixException malformed() {
        return new MatrixException(
                        ErrorCode.M_INVALID_PARAM, "The URI is not percent-encoded UTF-8")
                .status(400);
    }
}
