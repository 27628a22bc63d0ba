package org.valise.protocol.signature;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;

import java.util.Map;
import java.util.Optional;

/// The `X-Matrix` authorization of a request: who signed it, for whom, with which key.
///
/// Spec: server-server API, "Request Authentication".
///
/// @param destination as the sender wrote it; null where it wrote none, as servers before v1.3 do
/// @param signature 64 bytes
public record XMatrix(
        ServerName origin, @Nullable String destination, KeyId key, byte[] signature) {
    private static final int SIGNATURE_LENGTH = 64;

    /// Reads the value of an `Authorization` header.
    ///
    /// Empty when it is of another scheme, malformed, or lacks what a signature needs.
    public static Optional<XMatrix> parse(String header) {
        return XMatrixParser.parameters(header).flatMap(XMatrix::of);
    }

    private static Optional<XMatrix> of(Map<String, String> parameters) {
        String origin = parameters.getOrDefault("origin", "");
        String key = parameters.getOrDefault("key", "");
        // "`signature`: the signature of the JSON as calculated in step 1", which the example calls
        // `sig`, as do all servers.
        String signature = parameters.getOrDefault("sig", parameters.getOrDefault("signature", ""));
        return ServerName.tryParse(origin)
                .flatMap(server ->
                        KeyId.tryParse(key)
                                .filter(KeyId::isEd25519)
                                .flatMap(keyId ->
                                        Base64s.decode(signature)
                                                .filter(bytes -> bytes.length == SIGNATURE_LENGTH)
                                                .map(bytes ->
                                                        new XMatrix(
                                                                server,
                                                                parameters.get("destination"),
                                                                keyId,
                                                                bytes))));
    }

    /// The header's value, in the form that older servers read too: one space, lower-case names, no
    /// backslashes, no whitespace around the commas.
    public String header() {
        String to = destination == null ? "" : "destination=\"" + destination + "\",";
        return "X-Matrix origin=\"%s\",%skey=\"%s\",sig=\"%s\""
                .formatted(origin, to, key, Base64s.encode(signature));
    }
}
