package org.valise.protocol.pushrules;

import java.util.Arrays;

/// A glob as a non-deterministic automaton whose states are bits: one pass over the text, whatever
/// the pattern.
///
/// State `i` says "the first `i` tokens have matched so far". A token is a character or "any one
/// character" (`?`); a `*` is no token: it is the mark on a state that lets it stay. Each character
/// of the text moves all states at once.
final class GlobAutomaton {
    private static final int ANY = -1;
    private static final int ASCII = 128;

    private final int tokens;

    /// Bit `i`: state `i` stays, whatever comes.
    private final long[] stays;

    /// The distinct characters of the pattern in order; `advances[k]` belongs to `characters[k]`,
    /// the last one to all others.
    private final int[] characters;

    private final short[] asciiIndex = new short[ASCII];

    /// Bit `i`: the character is what token `i` takes.
    private final long[][] advances;

    private GlobAutomaton(int[] tokens, long[] stays) {
        this.tokens = tokens.length;
        this.stays = stays;
        this.characters = Arrays.stream(tokens).filter(t -> t != ANY).sorted().distinct().toArray();
        this.advances = new long[characters.length + 1][stays.length];
        for (int i = 0; i < tokens.length; i++) {
            for (int k = 0; k < advances.length; k++) {
                if (tokens[i] == ANY || k < characters.length && tokens[i] == characters[k]) {
                    advances[k][i >> 6] |= 1L << i;
                }
            }
        }
        for (int c = 0; c < ASCII; c++) {
            asciiIndex[c] = (short) search(c);
        }
    }

    /// @param pattern already folded
    /// @param wildcards whether `*` and `?` are more than themselves
    static GlobAutomaton of(String pattern, boolean wildcards) {
        int[] symbols = pattern.codePoints().toArray();
        int[] tokens = new int[symbols.length];
        int count = 0;
        long[] stays = new long[(symbols.length >> 6) + 1];
        for (int symbol : symbols) {
            if (wildcards && symbol == '*') {
                stays[count >> 6] |= 1L << count;
            } else {
                tokens[count++] = wildcards && symbol == '?' ? ANY : symbol;
            }
        }
        return new GlobAutomaton(
                Arrays.copyOf(tokens, count), Arrays.copyOf(stays, (count >> 6) + 1));
    }

    boolean matches(FoldedText value) {
        return stays.length == 1 ? runNarrow(value, false) : runWide(value, false);
    }

    boolean matchesWords(FoldedText value) {
        return stays.length == 1 ? runNarrow(value, true) : runWide(value, true);
    }

    private boolean runNarrow(FoldedText value, boolean words) {
        String text = value.folded();
        long stay = stays[0];
        long accepted = 1L << tokens;
        long states = 1;
        for (int at = 0; at < text.length(); ) {
            if (words) {
                if (value.wordMayStartAt(at)) {
                    states |= 1;
                }
                if ((states & accepted) != 0 && value.wordMayEndAt(at)) {
                    return true;
                }
            } else if (states == 0) {
                return false;
            }
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            states = (states & advances[index(c)][0]) << 1 | states & stay;
        }
        // The end of the value is a word boundary, and an empty word may start there.
        if (words && value.wordMayStartAt(text.length())) {
            states |= 1;
        }
        return (states & accepted) != 0;
    }

    private boolean runWide(FoldedText value, boolean words) {
        String text = value.folded();
        int accepting = tokens >> 6;
        long accepted = 1L << tokens;
        long[] states = new long[stays.length];
        states[0] = 1;
        for (int at = 0; at < text.length(); ) {
            if (words) {
                if (value.wordMayStartAt(at)) {
                    states[0] |= 1;
                }
                if ((states[accepting] & accepted) != 0 && value.wordMayEndAt(at)) {
                    return true;
                }
            }
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            long[] advance = advances[index(c)];
            long carried = 0;
            for (int w = 0; w < states.length; w++) {
                long moved = states[w] & advance[w];
                states[w] = moved << 1 | carried | states[w] & stays[w];
                carried = moved >>> 63;
            }
        }
        return (states[accepting] & accepted) != 0;
    }

    private int index(int c) {
        return c < ASCII ? asciiIndex[c] : search(c);
    }

    private int search(int c) {
        int found = Arrays.binarySearch(characters, c);
        return found >= 0 ? found : characters.length;
    }
}
