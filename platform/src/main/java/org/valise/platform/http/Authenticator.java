package org.valise.platform.http;

/// Turns an access token into who calls. Implemented by accounts.
@FunctionalInterface
public interface Authenticator {
    /// @throws org.valise.protocol.error.MatrixException `M_UNKNOWN_TOKEN` (with `soft_logout`
    ///   where it applies)
    Caller authenticate(String accessToken);

    /// The same for a token of an application service, which may speak for one of its users. Spec:
    /// application-service API, "Identity assertion".
    default Caller authenticate(String accessToken, IdentityAssertion assertion) {
        return authenticate(accessToken);
    }

    /// Told of every authenticated request: who, from which address, with which client. Must be
    /// quick.
    ///
    /// @param userAgent what the client calls itself, or the empty string
    default void seen(Caller caller, String ip, String userAgent) {}
}
