package org.valise.server;

import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.Signer;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

/// The key of a server that a test plays.
final class FakeSigner implements Signer {
    private static final int KEY_LENGTH = 32;

    private final ServerName server;
    private final KeyPair pair;

    FakeSigner(ServerName server) {
        this.server = server;
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

    @Override
    public ServerName server() {
        return server;
    }

    @Override
    public KeyId keyId() {
        return KeyId.ed25519("fake");
    }

    @Override
    public byte[] sign(byte[] message) {
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
