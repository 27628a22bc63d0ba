package org.valise.federation.keys;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.protocol.signature.Verifier;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Ed25519 with one answer to every input, whichever provider computes it.
///
/// Servers must agree event by event, so what RFC 8032 leaves open is fixed here, as libsodium (and
/// so the existing federation) fixes it: the equation without the cofactor, canonical encodings
/// only, S below the group order, no points of small order. The providers only see what passed
/// [#wellFormed].
public final class Ed25519 implements Verifier {
    private static final Logger log = LoggerFactory.getLogger(Ed25519.class);

    static final int KEY_LENGTH = 32;
    static final int SIGNATURE_LENGTH = 64;

    /// The prime 2^255 - 19 and the order of the base point, little endian.
    private static final byte[] PRIME =
            hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    private static final byte[] ORDER =
            hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

    /// Every point whose order divides 8, without the sign of x.
    private static final List<byte[]> SMALL_ORDER_POINTS =
            List.of(
                    hex("0000000000000000000000000000000000000000000000000000000000000000"),
                    hex("0100000000000000000000000000000000000000000000000000000000000000"),
                    hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
                    hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
                    hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));

    private final Ed25519Provider provider;

    Ed25519(Ed25519Provider provider) {
        this.provider = provider;
    }

    /// The fastest provider that loads on this platform. Never the JDK's own: it is twenty times
    /// too slow for federation.
    public static Ed25519 fastest() {
        var corretto = CorrettoEd25519.load();
        Ed25519Provider provider =
                corretto.isPresent() ? corretto.get() : new BouncyCastleEd25519();
        log.info("Ed25519 by {}", provider.name());
        return new Ed25519(provider);
    }

    public String provider() {
        return provider.name();
    }

    /// A new key that signs, from its 32-byte seed.
    SigningKey signingKey(byte[] seed) {
        return signingKey(seed, BouncyCastleEd25519.publicKey(seed));
    }

    /// A key whose public half is known: to work it out costs a start 100 ms.
    SigningKey signingKey(byte[] seed, byte[] publicKey) {
        return new SigningKey(publicKey, provider.signer(seed));
    }

    @Override
    public boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        return wellFormed(publicKey, signature)
                && provider.satisfiesEquation(publicKey, message, signature);
    }

    private static boolean wellFormed(byte[] publicKey, byte[] signature) {
        return publicKey.length == KEY_LENGTH
                && signature.length == SIGNATURE_LENGTH
                && usablePoint(publicKey)
                && usablePoint(signature)
                && isBelow(signature, KEY_LENGTH, ORDER);
    }

    /// SECURITY: a key of small order verifies the same signature for many messages; a second
    /// encoding of a point or of S makes a second signature out of one, and implementations differ
    /// on both.
    private static boolean usablePoint(byte[] bytes) {
        byte[] y = Arrays.copyOf(bytes, KEY_LENGTH);
        y[KEY_LENGTH - 1] &= 0x7f;
        return isBelow(y, 0, PRIME)
                && SMALL_ORDER_POINTS.stream().noneMatch(point -> Arrays.equals(point, y));
    }

    /// Whether the little-endian number at `offset` is below `bound`. Only public values come here:
    /// time may vary.
    private static boolean isBelow(byte[] bytes, int offset, byte[] bound) {
        for (int i = KEY_LENGTH - 1; i >= 0; i--) {
            int compared = Byte.compareUnsigned(bytes[offset + i], bound[i]);
            if (compared != 0) {
                return compared < 0;
            }
        }
        return false;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
