package org.valise.protocol.json;

/// Hexadecimal digits in ASCII.
final class HexDigits {
    private HexDigits() {}

    /// The UTF-16 unit that the four digits from `at` spell; -1 when one is no digit.
    static int unit(byte[] bytes, int at) {
        // A digit of -1 makes the whole negative, and so it stays.
        return value(bytes[at]) << 12
                | value(bytes[at + 1]) << 8
                | value(bytes[at + 2]) << 4
                | value(bytes[at + 3]);
    }

    /// The value of a digit; -1 when the byte is none.
    private static int value(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        int letter = digit | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }
}
