package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

/// Reads one power level: an integer; in old versions also a string that is one, in the oldest also
/// a float.
///
/// Levels beyond 64 bits, which only strings and loose JSON can write, count as the nearest that is
/// not: no level that a real room uses changes its rank by that.
final class LevelValue {

    private LevelValue() {}

    /// The level, or null if the version does not take the value for one.
    static @Nullable Long parse(RoomVersion version, JsonValue value) {
        return switch (value) {
            case JsonNumber number when number.isInteger() -> number.longValue();
            case JsonNumber number when !version.has(Tweak.STRICT_CANONICAL_JSON) ->
                    truncated(number.text());
            case JsonString string when !version.has(Tweak.INTEGER_POWER_LEVELS) ->
                    integer(string.value());
            default -> null;
        };
    }

    /// First, exponential notation is applied […] Second, the value is truncated at the decimal
    /// point […] Values outside the range represented by IEE754 binary64 (a "double") cause the
    /// powerlevel event to be rejected.
    private static @Nullable Long truncated(String number) {
        double value = Double.parseDouble(number);
        return Double.isInfinite(value) ? null : Long.valueOf((long) value);
    }

    /// A single base 10 integer […] optionally with any number of leading zeroes; optionally
    /// prefixed with a single `-` or `+` character before the integer; optionally with any number
    /// of leading or trailing whitespace characters.
    private static @Nullable Long integer(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isWhitespace(text.charAt(from))) {
            from++;
        }
        while (from < to && isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        boolean negative = from < to && text.charAt(from) == '-';
        if (negative || (from < to && text.charAt(from) == '+')) {
            from++;
        }
        return from == to ? null : digits(text, from, to, negative);
    }

    private static @Nullable Long digits(String text, int from, int to, boolean negative) {
        // Counted down from zero, for there is one negative number more than there are positive
        // ones.
        long value = 0;
        boolean beyond = false;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return null;
            }
            beyond |= value < (Long.MIN_VALUE + digit) / 10;
            value = beyond ? Long.MIN_VALUE : value * 10 - digit;
        }
        if (negative) {
            return value;
        }
        return value == Long.MIN_VALUE ? Long.MAX_VALUE : -value;
    }

    /// Unicode's White_Space, which is what the servers trim that wrote such events.
    private static boolean isWhitespace(char c) {
        return (c >= '\t' && c <= '\r')
                || c == ' '
                || c == '\u0085'
                || c == '\u00a0'
                || c == '\u1680'
                || (c >= '\u2000' && c <= '\u200a')
                || c == '\u2028'
                || c == '\u2029'
                || c == '\u202f'
                || c == '\u205f'
                || c == '\u3000';
    }
}
