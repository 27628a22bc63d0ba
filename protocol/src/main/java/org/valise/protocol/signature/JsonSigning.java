package org.valise.protocol.signature;

import org.valise.protocol.id.KeyId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Signs JSON objects and checks signatures on them. Entities are server names or, for
/// cross-signing, user ids.
///
/// Spec: Appendices, "Signing Details" and "Checking for a Signature".
public final class JsonSigning {
    private static final int ED25519_SIGNATURE_LENGTH = 64;

    private JsonSigning() {}

    /// The object with the signer's signature added to those it has.
    public static JsonObject sign(JsonObject object, Signer signer) {
        return withSignature(
                object, signer.server().value(), signer.keyId(), signer.sign(bytesToSign(object)));
    }

    /// The bytes that are signed: "the JSON object without `signatures` or keys grouped as
    /// `unsigned`", as Canonical JSON.
    public static byte[] bytesToSign(JsonObject object) {
        // Lenient about numbers: a signed request can carry events of old room versions.
        return CanonicalJson.encodeLoose(object.without("signatures", "unsigned"));
    }

    public static JsonObject withSignature(
            JsonObject object, String entity, KeyId key, byte[] signature) {
        JsonObject all = object.object("signatures").orElse(JsonObject.of());
        JsonObject ofEntity = all.object(entity).orElse(JsonObject.of());
        return object.with(
                "signatures",
                all.with(entity, ofEntity.with(key.value(), Base64s.encode(signature))));
    }

    /// The Ed25519 signatures of an entity that could be valid: what is of another algorithm, not
    /// Base64 or not 64 bytes long is passed over.
    public static Map<KeyId, byte[]> signatures(JsonObject object, String entity) {
        Map<KeyId, byte[]> found = new TreeMap<>();
        object.object("signatures")
                .flatMap(all -> all.object(entity))
                .ifPresent(ofEntity ->
                        ofEntity.forEach((key, value) -> {
                            Optional<KeyId> keyId = KeyId.tryParse(key).filter(KeyId::isEd25519);
                            if (keyId.isPresent() && value instanceof JsonString text) {
                                Base64s.decode(text.value())
                                        .filter(bytes -> bytes.length == ED25519_SIGNATURE_LENGTH)
                                        .ifPresent(bytes -> found.put(keyId.get(), bytes));
                            }
                        }));
        return found;
    }

    /// Whether the object bears a valid signature of the entity under that key.
    public static boolean verify(
            JsonObject object, String entity, KeyId key, byte[] publicKey, Verifier verifier) {
        byte[] signature = signatures(object, entity).get(key);
        if (signature == null) {
            return false;
        }
        try {
            return verifier.verify(publicKey, bytesToSign(object), signature);
        } catch (JsonException notCanonical) {
            return false;
        }
    }
}
