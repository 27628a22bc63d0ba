package org.valise.platform.http;

/// Who may call an operation.
public enum Auth {
    /// Anybody.
    NONE,
    /// Whoever presents a valid access token.
    ACCESS_TOKEN,
    /// Anybody; a token that is presented must be valid, and [Call#caller()] then says whose it is.
    OPTIONAL,
    /// Another server, by an `X-Matrix` signature over the request; [Call#origin()] then says
    /// which.
    SERVER_SIGNATURE
}
