package org.valise.protocol.stateresolution;

import java.util.Comparator;

/// Strings by code point, which is also the order of their UTF-8 bytes. Only rooms of versions 1
/// and 2, whose servers made up the event ids, can have ids in which `String.compareTo` (UTF-16
/// units) would differ.
final class CodePoints {
    static final Comparator<String> ORDER = CodePoints::compare;

    private CodePoints() {}

    private static int compare(String x, String y) {
        int end = Math.min(x.length(), y.length());
        for (int i = 0; i < end; i++) {
            if (x.charAt(i) != y.charAt(i)) {
                return Character.compare(rank(x.charAt(i)), rank(y.charAt(i)));
            }
        }
        return Integer.compare(x.length(), y.length());
    }

    /// Surrogates, which stand for the highest code points, above all other units.
    private static char rank(char unit) {
        if (unit < Character.MIN_SURROGATE) {
            return unit;
        }
        return (char) (Character.isSurrogate(unit) ? unit + 0x2000 : unit - 0x800);
    }
}
