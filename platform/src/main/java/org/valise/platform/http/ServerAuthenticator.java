package org.valise.platform.http;

import org.valise.protocol.id.ServerName;

import java.util.List;

/// Turns a signed request into the server that sent it. Implemented by federation.
@FunctionalInterface
public interface ServerAuthenticator {
    /// Looks at who a request claims to be from, before its body is read.
    ///
    /// SECURITY: strangers could fill memory with bodies.
    ///
    /// @param authorization the `Authorization` headers
    /// @throws org.valise.protocol.error.MatrixException if it would be refused whatever follows
    default void expect(List<String> authorization) {}

    /// @throws org.valise.protocol.error.MatrixException if no signature is there or none holds
    ServerName authenticate(SignedRequest request);
}
