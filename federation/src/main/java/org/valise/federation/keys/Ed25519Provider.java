package org.valise.federation.keys;

import java.util.function.UnaryOperator;

/// What does the arithmetic. Gets only keys and signatures that [Ed25519] found well formed.
interface Ed25519Provider {
    String name();

    /// Whether `R = S·B - k·A` holds exactly, without the cofactor.
    boolean satisfiesEquation(byte[] publicKey, byte[] message, byte[] signature);

    /// From a message to its signature with the key of this seed.
    UnaryOperator<byte[]> signer(byte[] seed);
}
