package org.valise.protocol.pushrules;

/// A text and the same text without case, character by character at the same places.
///
/// "The exact meaning of 'case insensitive' is defined by the implementation of the homeserver":
/// here, what [Character#toLowerCase(char)] makes of [Character#toUpperCase(char)], whatever the
/// language.
record FoldedText(String text, String folded) {

    static FoldedText of(String text) {
        return new FoldedText(text, fold(text));
    }

    static String fold(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (fold(text.charAt(i)) != text.charAt(i)) {
                char[] folded = text.toCharArray();
                for (int j = i; j < length; j++) {
                    folded[j] = fold(folded[j]);
                }
                return new String(folded);
            }
        }
        return text;
    }

    private static char fold(char c) {
        if (c < 128) {
            return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
        }
        return Character.toLowerCase(Character.toUpperCase(c));
    }

    int length() {
        return folded.length();
    }

    /// "A word boundary is defined as the start or end of the value, or any character not in the
    /// sets `[A-Z]`, `[a-z]`, `[0-9]` or `_`." Asked of the text as it was sent: folding can make
    /// an ASCII letter of a character that is none.
    boolean wordMayStartAt(int index) {
        return index == 0 || !isWordCharacter(text.charAt(index - 1));
    }

    boolean wordMayEndAt(int index) {
        return index == text.length() || !isWordCharacter(text.charAt(index));
    }

    private static boolean isWordCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
}
