package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;

/// A glob-style pattern: `*` matches zero or more characters, `?` exactly one; case does not
/// matter. Spec: appendices, "Glob-style matching".
///
/// SECURITY: patterns and texts are both written by strangers. Never a regular expression: a
/// pattern without wildcards is a plain search, any other a [GlobAutomaton], whose time is linear
/// in the text for a pattern of bounded length.
final class Glob {
    /// SECURITY: the longest pattern that a rule may have; longer ones are refused on entry and
    /// never match.
    static final int MAX_LENGTH = 1024;

    /// A plain search takes (text × pattern) at worst, so long patterns are left to the automaton.
    private static final int MAX_SEARCHED = 48;

    /// The longest plain piece of a pattern is searched first, as most texts do not have it; this
    /// much of it.
    private static final int MAX_PIECE = 16;

    private enum Shape {
        LITERAL,
        PREFIX,
        SUFFIX,
        EVERYTHING,
        GENERAL
    }

    private final Shape shape;
    private final String literal;
    private final @Nullable GlobAutomaton automaton;
    private final String piece;

    private Glob(Shape shape, String literal, @Nullable GlobAutomaton automaton, String piece) {
        this.shape = shape;
        this.literal = literal;
        this.automaton = automaton;
        this.piece = piece;
    }

    static Glob of(String pattern) {
        String folded = FoldedText.fold(pattern);
        int wildcards = 0;
        for (int i = 0; i < folded.length(); i++) {
            if (folded.charAt(i) == '*' || folded.charAt(i) == '?') {
                wildcards++;
            }
        }
        Shape shape = shape(folded, wildcards);
        String literal =
                switch (shape) {
                    case LITERAL -> folded;
                    case PREFIX -> folded.substring(0, folded.length() - 1);
                    case SUFFIX -> folded.substring(1);
                    case EVERYTHING, GENERAL -> "";
                };
        boolean searched =
                shape == Shape.LITERAL && literal.length() <= MAX_SEARCHED
                        || shape == Shape.EVERYTHING;
        return new Glob(
                shape,
                literal,
                searched ? null : GlobAutomaton.of(folded, true),
                longestPiece(folded.split("[*?]")));
    }

    /// A pattern in which nothing is a wildcard.
    static Glob literal(String text) {
        String folded = FoldedText.fold(text);
        boolean searched = folded.length() <= MAX_SEARCHED;
        return new Glob(
                Shape.LITERAL,
                folded,
                searched ? null : GlobAutomaton.of(folded, false),
                longestPiece(folded));
    }

    private static String longestPiece(String... pieces) {
        String longest = "";
        for (String piece : pieces) {
            if (piece.length() > longest.length()) {
                longest = piece;
            }
        }
        return longest.substring(0, Math.min(longest.length(), MAX_PIECE));
    }

    private static Shape shape(String pattern, int wildcards) {
        if (wildcards == 0) {
            return Shape.LITERAL;
        }
        if (pattern.equals("*")) {
            return Shape.EVERYTHING;
        }
        if (wildcards == 1 && pattern.endsWith("*")) {
            return Shape.PREFIX;
        }
        return wildcards == 1 && pattern.startsWith("*") ? Shape.SUFFIX : Shape.GENERAL;
    }

    /// Whether the pattern matches the entire value.
    boolean matches(FoldedText value) {
        return switch (shape) {
            case LITERAL -> value.folded().equals(literal);
            case PREFIX -> value.folded().startsWith(literal);
            case SUFFIX -> value.folded().endsWith(literal);
            case EVERYTHING -> true;
            case GENERAL -> value.folded().contains(piece) && automaton().matches(value);
        };
    }

    /// Whether the pattern matches "any substring of the value […] which starts and ends at a word
    /// boundary".
    boolean matchesWords(FoldedText value) {
        if (shape == Shape.EVERYTHING) {
            return true;
        }
        if (automaton == null) {
            return searchWords(value);
        }
        return value.folded().contains(piece) && automaton.matchesWords(value);
    }

    private boolean searchWords(FoldedText value) {
        int last = value.length() - literal.length();
        for (int at = value.folded().indexOf(literal);
                at >= 0;
                at = value.folded().indexOf(literal, at + 1)) {
            if (value.wordMayStartAt(at) && value.wordMayEndAt(at + literal.length())) {
                return true;
            }
            if (at >= last) {
                return false;
            }
        }
        return false;
    }

    private GlobAutomaton automaton() {
        if (automaton == null) {
            throw new IllegalStateException("a plain pattern has no automaton");
        }
        return automaton;
    }
}
