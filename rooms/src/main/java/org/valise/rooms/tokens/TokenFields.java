package org.valise.rooms.tokens;

import java.util.Optional;

/// Splits `<tag>_<number>_<number>`.
final class TokenFields {
    private static final int MAX_LENGTH = 64;

    private TokenFields() {}

    static Optional<long[]> read(String tag, String text) {
        if (text.length() > MAX_LENGTH || !text.startsWith(tag + "_")) {
            return Optional.empty();
        }
        String[] fields = text.substring(tag.length() + 1).split("_", -1);
        if (fields.length != 2) {
            return Optional.empty();
        }
        try {
            return Optional.of(new long[] {Long.parseLong(fields[0]), Long.parseLong(fields[1])});
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
