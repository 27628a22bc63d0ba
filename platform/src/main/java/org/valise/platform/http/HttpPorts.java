package org.valise.platform.http;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// What the pipeline asks of others.
///
/// @param authenticator whose access token it is
/// @param servers which server signed a request
public record HttpPorts(
        Authenticator authenticator,
        ServerAuthenticator servers,
        RateLimits limits,
        RequestObserver observer) {

    /// No other server is let in and nothing is counted.
    public static HttpPorts of(Authenticator authenticator, RateLimits limits) {
        return new HttpPorts(
                authenticator,
                request -> {
                    throw new MatrixException(
                                    ErrorCode.M_FORBIDDEN, "This server does not federate")
                            .status(403);
                },
                limits,
                RequestObserver.NONE);
    }

    public HttpPorts withServers(ServerAuthenticator other) {
        return new HttpPorts(authenticator, other, limits, observer);
    }

    public HttpPorts withObserver(RequestObserver other) {
        return new HttpPorts(authenticator, servers, limits, other);
    }
}
