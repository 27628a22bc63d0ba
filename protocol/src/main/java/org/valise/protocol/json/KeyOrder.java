package org.valise.protocol.json;

/// The order of keys in Canonical JSON: by Unicode code point. It differs from `String.compareTo`,
/// which orders by UTF-16 unit and so puts U+1F600 before U+FF00.
final class KeyOrder {
    private KeyOrder() {}

    static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return rank(x) - rank(y);
            }
        }
        return a.length() - b.length();
    }

    /// Surrogates, which stand for code points above U+FFFF, rank above all other units.
    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }

    static boolean isAscending(String[] keys) {
        for (int i = 1; i < keys.length; i++) {
            if (compare(keys[i - 1], keys[i]) >= 0) {
                return false;
            }
        }
        return true;
    }

    /// The indexes of the keys in ascending order.
    static int[] sort(String[] keys) {
        Integer[] boxed = new Integer[keys.length];
        for (int i = 0; i < keys.length; i++) {
            boxed[i] = i;
        }
        java.util.Arrays.sort(boxed, (i, j) -> compare(keys[i], keys[j]));
        int[] order = new int[keys.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = boxed[i];
        }
        return order;
    }
}
