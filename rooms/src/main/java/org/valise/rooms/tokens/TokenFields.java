package org.valise.rooms.tokens;

import java.util.Optional;

/// Splits `<tag>_<number>_<number>…`.
final class TokenFields {
    private static final int MAX_LENGTH = 64;

    private TokenFields() {}

    /// @param fewest numbers that there must be
    /// @param most numbers that there may be
    static Optional<long[]> read(String tag, String text, int fewest, int most) {
        if (text.length() > MAX_LENGTH || !text.startsWith(tag + "_")) {
            return Optional.empty();
        }
        String[] fields = text.substring(tag.length() + 1).split("_", -1);
        if (fields.length < fewest || fields.length > most) {
            return Optional.empty();
        }
        long[] numbers = new long[fields.length];
        try {
            for (int i = 0; i < fields.length; i++) {
                numbers[i] = Long.parseLong(fields[i]);
            }
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        return Optional.of(numbers);
    }
}
