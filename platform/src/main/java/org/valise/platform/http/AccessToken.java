package org.valise.platform.http;

import java.util.Optional;

/// Where an access token is found. Spec: client-server API, "Using access tokens".
final class AccessToken {
    private static final String BEARER = "Bearer ";

    private AccessToken() {}

    /// From `Authorization: Bearer`, else from the query (deprecated, still sent by older clients).
    static Optional<String> of(Exchange exchange, QueryString query) {
        String authorization = exchange.header("Authorization");
        if (authorization != null
                && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.of(authorization.substring(BEARER.length()).strip());
        }
        return query.first("access_token");
    }
}
