package org.valise.protocol.json;

/// Well-formed UTF-8, by table 3-7 of the Unicode standard.
///
/// SECURITY: overlong forms and encoded surrogates are refused: a filter before us and a reader
/// after us would take them for different text.
final class Utf8 {
    private Utf8() {}

    /// The length of the sequence of two to four bytes that starts at `at`; 0 when it is not
    /// well-formed.
    static int sequence(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xFF;
        if (lead < 0xC2) {
            return 0;
        }
        if (lead <= 0xDF) {
            return follows(bytes, at + 1, end, 0x80, 0xBF) ? 2 : 0;
        }
        if (lead <= 0xEF) {
            int low = lead == 0xE0 ? 0xA0 : 0x80;
            int high = lead == 0xED ? 0x9F : 0xBF;
            return follows(bytes, at + 1, end, low, high) && follows(bytes, at + 2, end, 0x80, 0xBF)
                    ? 3
                    : 0;
        }
        int low = lead == 0xF0 ? 0x90 : 0x80;
        int high = lead == 0xF4 ? 0x8F : 0xBF;
        return lead <= 0xF4
                        && follows(bytes, at + 1, end, low, high)
                        && follows(bytes, at + 2, end, 0x80, 0xBF)
                        && follows(bytes, at + 3, end, 0x80, 0xBF)
                ? 4
                : 0;
    }

    private static boolean follows(byte[] bytes, int at, int end, int low, int high) {
        return at < end && (bytes[at] & 0xFF) >= low && (bytes[at] & 0xFF) <= high;
    }

    /// The code point of the well-formed sequence of that length.
    static int point(byte[] bytes, int at, int length) {
        int point = bytes[at] & 0xFF >> length + 1;
        for (int i = 1; i < length; i++) {
            point = point << 6 | bytes[at + i] & 0x3F;
        }
        return point;
    }
}
