package org.valise.server;

import java.security.SecureRandom;

/// The random part of room ids and of event ids that servers make up: letters, so that no grammar
/// and no case folding troubles them.
final class OpaqueIds {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 22;

    private OpaqueIds() {}

    /// About 125 bits.
    static String next() {
        return RANDOM.ints(LENGTH, 0, LETTERS.length())
                .mapToObj(LETTERS::charAt)
                .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
                .toString();
    }
}
