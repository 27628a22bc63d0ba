package org.valise.protocol.authrules;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Verifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whoever was invited by e-mail shows a signature that one of the keys in the room's
/// `m.room.third_party_invite` event made.
public final class ThirdPartySignatures {

    /// SECURITY: an event has room for hundreds of signatures and the invite for hundreds of keys.
    /// Real ones have one signature and at most three keys.
    private static final int MAX_ATTEMPTS = 256;

    private static final int ED25519_KEY_LENGTH = 32;

    private ThirdPartySignatures() {}

    /// Whether any signature in `signed` matches any public key in the `m.room.third_party_invite`
    /// event.
    public static boolean anyMatches(JsonObject signed, JsonObject invite, Verifier verifier) {
        List<byte[]> signatures = signatures(signed);
        List<byte[]> keys = publicKeys(invite);
        if (signatures.isEmpty() || keys.isEmpty()) {
            return false;
        }
        Optional<byte[]> message = signedBytes(signed);
        return message.isPresent() && anyMatches(keys, message.get(), signatures, verifier);
    }

    private static boolean anyMatches(
            List<byte[]> keys, byte[] message, List<byte[]> signatures, Verifier verifier) {
        int attempts = 0;
        for (byte[] key : keys) {
            for (byte[] signature : signatures) {
                if (attempts++ == MAX_ATTEMPTS) {
                    return false;
                }
                if (verifier.verify(key, message, signature)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Optional<byte[]> signedBytes(JsonObject signed) {
        try {
            return Optional.of(JsonSigning.bytesToSign(signed));
        } catch (JsonException unsignable) {
            return Optional.empty();
        }
    }

    private static List<byte[]> signatures(JsonObject signed) {
        List<byte[]> found = new ArrayList<>(1);
        for (String server : signed.object("signatures").orElse(JsonObject.of()).keys()) {
            found.addAll(JsonSigning.signatures(signed, server).values());
        }
        return found;
    }

    /// The public keys are in `content` of `m.room.third_party_invite` as: a single public key in
    /// the `public_key` property; a list of public keys in the `public_keys` property.
    private static List<byte[]> publicKeys(JsonObject invite) {
        List<byte[]> keys = new ArrayList<>(2);
        invite.string("public_key").flatMap(ThirdPartySignatures::decode).ifPresent(keys::add);
        for (JsonObject entry :
                invite.array("public_keys").map(JsonArray::objects).orElse(List.of())) {
            entry.string("public_key").flatMap(ThirdPartySignatures::decode).ifPresent(keys::add);
        }
        return keys;
    }

    /// The key is encoded using Unpadded Base64, using the standard or URL-safe alphabets.
    private static Optional<byte[]> decode(String key) {
        return Base64s.decode(key)
                .or(() -> Base64s.decodeUrlSafe(key))
                .filter(bytes -> bytes.length == ED25519_KEY_LENGTH);
    }
}
