package org.valise.rooms.spaces;

import org.valise.protocol.id.RoomId;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where to go on in a space.
///
/// @param after the last room shown
record HierarchyToken(int maxDepth, boolean suggestedOnly, RoomId after) {
    private static final Pattern TOKEN = Pattern.compile("h2_(\\d{1,3})_([as])_(!.{1,255})");

    static Optional<HierarchyToken> tryParse(String text) {
        Matcher fields = TOKEN.matcher(text);
        return fields.matches()
                ? RoomId.tryParse(fields.group(3))
                        .map(room ->
                                new HierarchyToken(
                                        Integer.parseInt(fields.group(1)),
                                        fields.group(2).equals("s"),
                                        room))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "h2_" + maxDepth + (suggestedOnly ? "_s_" : "_a_") + after;
    }
}
