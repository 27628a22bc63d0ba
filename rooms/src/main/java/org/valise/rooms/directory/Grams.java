package org.valise.rooms.directory;

import java.util.LinkedHashSet;
import java.util.Set;

/// Texts in pieces of three characters. A text that holds a term holds every piece of the term:
/// that is what makes an index find it. Pure.
final class Grams {
    private static final int LENGTH = 3;

    private Grams() {}

    /// Nothing for a text that is shorter than a piece.
    ///
    /// @param text as it is searched: in lower case
    static String[] of(String text) {
        Set<String> grams = new LinkedHashSet<>();
        int[] characters = text.codePoints().toArray();
        for (int i = 0; i + LENGTH <= characters.length; i++) {
            grams.add(new String(characters, i, LENGTH));
        }
        return grams.toArray(String[]::new);
    }
}
