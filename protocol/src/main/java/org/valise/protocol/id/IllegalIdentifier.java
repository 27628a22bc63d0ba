package org.valise.protocol.id;

/// A string that does not follow the grammar of the identifier it was parsed as.
public final class IllegalIdentifier extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IllegalIdentifier(String kind, String reason) {
        // Thrown at the rate at which strangers send nonsense: without the cost of a stack trace.
        // The value itself is theirs and stays out of logs.
        super("not a " + kind + ": " + reason, null, false, false);
    }
}
