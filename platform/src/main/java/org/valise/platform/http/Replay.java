package org.valise.platform.http;

/// How an operation is protected against being done twice.
public enum Replay {
    /// Doing it twice is harmless or intended.
    NONE,
    /// By the `{txnId}` in its path. Spec: client-server API, "Transaction identifiers".
    TRANSACTION
}
