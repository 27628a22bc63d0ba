package org.valise.federation.client;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A request to another server.
///
/// @param uri path and query as they are sent: percent-encoded
/// @param content the body; null for none
/// @param timeout for everything
/// @param mostBytes of the answer
/// @param urgent made although the server did not answer just now: somebody waits for it
public record FederationRequest(
        ServerName destination,
        String method,
        String uri,
        @Nullable JsonObject content,
        Duration timeout,
        long mostBytes,
        boolean urgent) {
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);
    private static final long USUAL_BYTES = 8L << 20;

    public static FederationRequest get(ServerName destination, String uri) {
        return new FederationRequest(
                destination, "GET", uri, null, USUAL_TIMEOUT, USUAL_BYTES, false);
    }

    public static FederationRequest put(ServerName destination, String uri, JsonObject content) {
        return new FederationRequest(
                destination, "PUT", uri, content, USUAL_TIMEOUT, USUAL_BYTES, false);
    }

    public static FederationRequest post(ServerName destination, String uri, JsonObject content) {
        return new FederationRequest(
                destination, "POST", uri, content, USUAL_TIMEOUT, USUAL_BYTES, false);
    }

    /// Text as a segment of a path.
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public FederationRequest within(Duration other) {
        return new FederationRequest(destination, method, uri, content, other, mostBytes, urgent);
    }

    public FederationRequest atMost(long bytes) {
        return new FederationRequest(destination, method, uri, content, timeout, bytes, urgent);
    }

    /// The same, made although the server did not answer just now: somebody waits for it.
    public FederationRequest urgently() {
        return new FederationRequest(destination, method, uri, content, timeout, mostBytes, true);
    }
}
