package org.valise.rooms.directory;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A place in the directory's order: by size, then by age.
record DirectoryPlace(int joined, long room) {
    static final Comparator<DirectoryPlace> ORDER =
            Comparator.comparingInt(DirectoryPlace::joined)
                    .reversed()
                    .thenComparingLong(DirectoryPlace::room);
    static final DirectoryPlace START = new DirectoryPlace(Integer.MAX_VALUE, 0);
    private static final Pattern TOKEN = Pattern.compile("([np])_(\\d{1,9})_(\\d{1,18})");

    /// A token for what comes after or before a place.
    record Token(boolean forwards, DirectoryPlace place) {
        static Optional<Token> tryParse(String text) {
            Matcher fields = TOKEN.matcher(text);
            return fields.matches()
                    ? Optional.of(
                            new Token(
                                    fields.group(1).equals("n"),
                                    new DirectoryPlace(
                                            Integer.parseInt(fields.group(2)),
                                            Long.parseLong(fields.group(3)))))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return (forwards ? "n_" : "p_") + place.joined + "_" + place.room;
        }
    }
}
