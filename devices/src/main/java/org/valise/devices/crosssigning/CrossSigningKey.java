package org.valise.devices.crosssigning;

import org.valise.devices.keys.CrossSigningUsage;
import org.valise.devices.keys.KeyRules;
import org.valise.devices.keys.Signatures;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Verifier;

/// One of a user's three keys.
///
/// @param publicKey as its name has it, unpadded Base64
/// @param json the key, with its signatures
record CrossSigningKey(CrossSigningUsage usage, String publicKey, JsonObject json) {
    private static final int KEY_LENGTH = 32;
    private static final int MAX_BYTES = 16 << 10;

    /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM`
    static CrossSigningKey parse(CrossSigningUsage usage, JsonObject given, UserId owner) {
        if (!given.string("user_id").filter(owner.value()::equals).isPresent()) {
            throw refused(usage, "\"user_id\" must be your own");
        }
        boolean right =
                given.array("usage")
                        .filter(words -> words.strings().contains(usage.word()))
                        .isPresent();
        if (!right) {
            throw refused(usage, "\"usage\" must be \"" + usage.word() + "\"");
        }
        // *The object must have exactly one property, whose name is in the form
        // `<algorithm>:<unpadded_base64_public_key>`.*
        JsonObject keys = given.object("keys").orElse(JsonObject.of());
        String name = keys.size() == 1 ? keys.keys().getFirst() : "";
        String publicKey = keys.string(name).orElse("");
        if (!name.equals(KeyId.ED25519 + ":" + publicKey)
                || Base64s.decode(publicKey).filter(key -> key.length == KEY_LENGTH).isEmpty()
                || publicKey.endsWith("=")) {
            throw refused(usage, "\"keys\" must be one Ed25519 key called ed25519:<key>");
        }
        JsonObject kept = given.without("unsigned");
        if (kept.has("signatures")) {
            KeyRules.requireOwnSignatures(kept, owner);
        }
        requireSize(usage, kept);
        return new CrossSigningKey(usage, publicKey, kept);
    }

    private static void requireSize(CrossSigningUsage usage, JsonObject key) {
        try {
            if (CanonicalJson.encodeLoose(key).length <= MAX_BYTES) {
                return;
            }
        } catch (JsonException e) {
            throw refused(usage, "it cannot be signed");
        }
        throw refused(usage, "it is too large");
    }

    boolean isSameAs(JsonObject other) {
        return Signatures.isSame(json, other);
    }

    boolean isSignedBy(String masterKey, UserId owner, Verifier verifier) {
        byte[] key = Base64s.decode(masterKey).orElse(new byte[0]);
        return JsonSigning.verify(json, owner.value(), KeyId.ed25519(masterKey), key, verifier);
    }

    private static MatrixException refused(CrossSigningUsage usage, String why) {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, usage.field() + ": " + why);
    }
}
