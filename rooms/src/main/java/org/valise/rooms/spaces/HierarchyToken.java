package org.valise.rooms.spaces;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where to go on in a space.
///
/// @param after the number of the last room shown
record HierarchyToken(int maxDepth, boolean suggestedOnly, long after) {
    private static final Pattern TOKEN = Pattern.compile("h1_(\\d{1,3})_([as])_(\\d{1,18})");

    static Optional<HierarchyToken> tryParse(String text) {
        Matcher fields = TOKEN.matcher(text);
        return fields.matches()
                ? Optional.of(
                        new HierarchyToken(
                                Integer.parseInt(fields.group(1)),
                                fields.group(2).equals("s"),
                                Long.parseLong(fields.group(3))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "h1_" + maxDepth + (suggestedOnly ? "_s_" : "_a_") + after;
    }
}
