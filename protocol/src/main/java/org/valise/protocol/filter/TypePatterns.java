package org.valise.protocol.filter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Event types, some with wildcards: "A `*` can be used as a wildcard to match any sequence of
/// characters."
final class TypePatterns {
    private final Set<String> exact = new HashSet<>();
    private final List<List<String>> patterns = new ArrayList<>();
    private final boolean everything;

    TypePatterns(List<String> types) {
        boolean all = false;
        for (String type : types) {
            if (type.indexOf('*') < 0) {
                exact.add(type);
            } else if (type.chars().allMatch(c -> c == '*')) {
                all = true;
            } else {
                patterns.add(List.of(type.split("\\*+", -1)));
            }
        }
        everything = all;
    }

    boolean matchesEverything() {
        return everything;
    }

    boolean matchesNothing() {
        return !everything && exact.isEmpty() && patterns.isEmpty();
    }

    boolean matches(String type) {
        if (everything || exact.contains(type)) {
            return true;
        }
        for (List<String> pieces : patterns) {
            if (matches(pieces, type)) {
                return true;
            }
        }
        return false;
    }

    /// The first piece at the start, the last at the end, those between wherever they come first:
    /// never a step back.
    private static boolean matches(List<String> pieces, String type) {
        String first = pieces.getFirst();
        String last = pieces.getLast();
        int end = type.length() - last.length();
        if (!type.startsWith(first) || !type.endsWith(last) || end < first.length()) {
            return false;
        }
        int at = first.length();
        for (String piece : pieces.subList(1, pieces.size() - 1)) {
            int found = type.indexOf(piece, at);
            if (found < 0) {
                return false;
            }
            at = found + piece.length();
        }
        return at <= end;
    }
}
