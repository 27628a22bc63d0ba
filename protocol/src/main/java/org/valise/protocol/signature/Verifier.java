package org.valise.protocol.signature;

/// Checks Ed25519 signatures.
@FunctionalInterface
public interface Verifier {
    /// Whether the signature of the message is valid under the key; false, never an exception, for
    /// malformed keys and signatures.
    boolean verify(byte[] publicKey, byte[] message, byte[] signature);
}
