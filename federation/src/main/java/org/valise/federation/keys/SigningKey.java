package org.valise.federation.keys;

import java.util.function.UnaryOperator;

/// A private key that can be used but not read.
final class SigningKey {
    private final byte[] publicKey;
    private final UnaryOperator<byte[]> signer;

    SigningKey(byte[] publicKey, UnaryOperator<byte[]> signer) {
        this.publicKey = publicKey;
        this.signer = signer;
    }

    byte[] publicKey() {
        return publicKey.clone();
    }

    byte[] sign(byte[] message) {
        return signer.apply(message);
    }
}
