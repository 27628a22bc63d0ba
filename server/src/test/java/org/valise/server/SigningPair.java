package org.valise.server;

import org.valise.protocol.id.KeyId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

/// An Ed25519 key pair.
final class SigningPair {
    private static final int KEY_LENGTH = 32;

    private final KeyPair pair;

    SigningPair() {
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Unpadded Base64.
    String publicKey() {
        byte[] encoded = pair.getPublic().getEncoded();
        return Base64s.encode(
                Arrays.copyOfRange(encoded, encoded.length - KEY_LENGTH, encoded.length));
    }

    /// The object with this pair's signature.
    ///
    /// @param name of the key: a device's id, or the public key itself
    JsonObject sign(JsonObject object, String user, String name) {
        byte[] signature = sign(JsonSigning.bytesToSign(object));
        return JsonSigning.withSignature(object, user, KeyId.ed25519(name), signature);
    }

    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
