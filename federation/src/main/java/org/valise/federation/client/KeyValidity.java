package org.valise.federation.client;

import org.valise.platform.outbound.Outbound;
import org.valise.platform.outbound.OutboundException;
import org.valise.platform.outbound.OutboundRequest;
import org.valise.platform.outbound.Target;
import org.valise.platform.outbound.Target.Location;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Asks identity servers whether their keys are still valid.
///
/// Spec: identity service API, `GET /_matrix/identity/v2/pubkey/isvalid`; client-server API,
/// "Third-party invites": "using the provided URL rather than constructing a new one".
public final class KeyValidity {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long MOST_BYTES = 16 * 1024;
    private static final int MOST_URL = 2_000;
    private static final int HTTPS = 443;

    private final Outbound outbound;

    public KeyValidity(Outbound outbound) {
        this.outbound = outbound;
    }

    /// SECURITY: somebody in a room wrote the address: only HTTPS, and only to where requests may
    /// go.
    ///
    /// @param publicKey as it stands beside the URL
    /// @return false also if nobody answers
    public boolean holds(String url, String publicKey) {
        Optional<OutboundRequest> request = request(url, publicKey);
        try {
            return request.isPresent()
                    && outbound.exchange(
                            request.get(),
                            answer ->
                                    answer.status() == 200
                                            && saysValid(answer.body().readAllBytes()));
        } catch (OutboundException e) {
            return false;
        }
    }

    private static boolean saysValid(byte[] body) {
        try {
            return Json.parseObject(body).bool("valid").orElse(false);
        } catch (JsonException e) {
            return false;
        }
    }

    private static Optional<OutboundRequest> request(String url, String publicKey) {
        URI uri;
        try {
            uri = new URI(url.length() > MOST_URL ? "" : url);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        String host = uri.getHost();
        if (!"https".equalsIgnoreCase(uri.getScheme())
                || host == null
                || uri.getUserInfo() != null) {
            return Optional.empty();
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : uri.getRawQuery() + "&";
        Target target =
                new Target(
                        host,
                        uri.getRawAuthority(),
                        List.of(new Location(host, uri.getPort() < 0 ? HTTPS : uri.getPort())));
        return Optional.of(
                new OutboundRequest(
                        target,
                        "GET",
                        path + "?" + query + "public_key=" + FederationRequest.segment(publicKey),
                        Map.of(),
                        null,
                        TIMEOUT,
                        MOST_BYTES));
    }
}
