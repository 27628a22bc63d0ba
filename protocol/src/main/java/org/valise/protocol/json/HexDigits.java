package org.valise.protocol.json;

/// Hexadecimal digits in ASCII.
final class HexDigits {
    private HexDigits() {}

    /// The value of a digit; -1 when the byte is none.
    static int value(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        int letter = digit | 0x20;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }
}
