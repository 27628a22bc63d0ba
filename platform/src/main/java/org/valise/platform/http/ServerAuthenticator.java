package org.valise.platform.http;

import org.valise.protocol.id.ServerName;

/// Turns a signed request into the server that sent it. Implemented by federation.
@FunctionalInterface
public interface ServerAuthenticator {
    /// @throws org.valise.protocol.error.MatrixException if no signature is there or none holds
    ServerName authenticate(SignedRequest request);
}
