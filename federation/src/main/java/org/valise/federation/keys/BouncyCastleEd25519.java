package org.valise.federation.keys;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Ed25519 by Bouncy Castle: pure Java, for platforms where the native provider does not load.
final class BouncyCastleEd25519 implements Ed25519Provider {
    /// Of each key seen: its point, or empty when it is not of prime order (or not on the curve).
    private final Cache<ByteBuffer, Optional<PublicPoint>> points =
            Caffeine.newBuilder().maximumSize(10_000).build();

    static byte[] publicKey(byte[] seed) {
        byte[] publicKey = new byte[Ed25519.KEY_LENGTH];
        org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(seed, 0, publicKey, 0);
        return publicKey;
    }

    @Override
    public String name() {
        return "Bouncy Castle (pure Java)";
    }

    /// Bouncy Castle multiplies the equation by a number that depends on the signature, which may
    /// swallow what lies outside the subgroup of prime order. With key and R both inside, nothing
    /// is swallowed; for the rest (nobody makes such a key by accident) the equation is computed as
    /// it is written.
    @Override
    public boolean satisfiesEquation(byte[] publicKey, byte[] message, byte[] signature) {
        var point = point(publicKey);
        if (point == null) {
            return EdwardsCurve.satisfiesEquation(publicKey, message, signature);
        }
        return org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
                        signature, 0, point, message, 0, message.length)
                && org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(signature, 0);
    }

    private @Nullable PublicPoint point(byte[] publicKey) {
        var cached = points.getIfPresent(ByteBuffer.wrap(publicKey));
        if (cached == null) {
            cached =
                    Optional.ofNullable(
                            org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFullExport(
                                    publicKey, 0));
            points.put(ByteBuffer.wrap(publicKey.clone()), cached);
        }
        return cached.orElse(null);
    }

    @Override
    public UnaryOperator<byte[]> signer(byte[] seed) {
        byte[] copy = seed.clone();
        return message -> {
            byte[] signature = new byte[Ed25519.SIGNATURE_LENGTH];
            org.bouncycastle.math.ec.rfc8032.Ed25519.sign(
                    copy, 0, message, 0, message.length, signature, 0);
            return signature;
        };
    }
}
