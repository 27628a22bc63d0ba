package org.valise.platform.http;

/// In which standing the calling account must be. Spec: client-server API, "Account moderation".
public enum Standing {
    /// Neither locked nor suspended: for whatever acts on others.
    ACTIVE,
    /// Not locked: for what a suspended account may still do (reading, leaving, its own keys and
    /// devices …).
    SUSPENDED,
    /// Any: for `/logout` and `/logout/all`, which a locked account may still call.
    ANY
}
