package org.valise.protocol.signature;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;

/// Signs requests between servers and checks their signatures.
///
/// Spec: server-server API, "Request Authentication".
public final class RequestSigning {
    private RequestSigning() {}

    /// What a signature covers.
    ///
    /// @param uri "the full path starting with `/_matrix/...`, including the `?` and any query
    ///   parameters"
    /// @param destination the server's own name, from before any delegation
    /// @param content the body; null if there is none
    public record Request(
            String method, String uri, ServerName destination, @Nullable JsonObject content) {
        private byte[] bytesToSign(ServerName origin) {
            return JsonSigning.bytesToSign(
                    JsonObject.builder()
                            .put("method", method)
                            .put("uri", uri)
                            .put("origin", origin.value())
                            .put("destination", destination.value())
                            .putIfPresent("content", content)
                            .build());
        }
    }

    public static XMatrix sign(Request request, Signer signer) {
        return new XMatrix(
                signer.server(),
                request.destination().value(),
                signer.keyId(),
                signer.sign(request.bytesToSign(signer.server())));
    }

    /// Whether the authorization's signature of the request is valid under its origin's key.
    public static boolean verify(
            Request request, XMatrix authorization, byte[] publicKey, Verifier verifier) {
        try {
            return verifier.verify(
                    publicKey,
                    request.bytesToSign(authorization.origin()),
                    authorization.signature());
        } catch (JsonException notCanonical) {
            return false;
        }
    }
}
