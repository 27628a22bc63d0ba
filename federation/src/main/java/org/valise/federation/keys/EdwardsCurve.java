package org.valise.federation.keys;

import static java.math.BigInteger.ONE;
import static java.math.BigInteger.TWO;
import static java.math.BigInteger.ZERO;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/// Ed25519's equation exactly as RFC 8032 writes it, slow and obvious. Only for keys that honest
/// software does not make, and as the oracle of the fast providers in tests. Never sees a secret:
/// nothing here takes constant time.
final class EdwardsCurve {
    static final BigInteger P = TWO.pow(255).subtract(BigInteger.valueOf(19));
    static final BigInteger ORDER =
            TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D =
            BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
    private static final BigInteger SQRT_MINUS_ONE = TWO.modPow(P.subtract(ONE).shiftRight(2), P);

    static final Point IDENTITY = new Point(ZERO, ONE, ONE);
    static final Point BASE = decode(encodedBase()).orElseThrow();

    private EdwardsCurve() {}

    static boolean satisfiesEquation(byte[] publicKey, byte[] message, byte[] signature) {
        byte[] r = Arrays.copyOf(signature, 32);
        BigInteger s = littleEndian(Arrays.copyOfRange(signature, 32, 64));
        return decode(publicKey)
                .map(key -> {
                    BigInteger k = littleEndian(sha512(r, publicKey, message)).mod(ORDER);
                    Point expected = BASE.times(s).plus(key.negated().times(k));
                    return Arrays.equals(expected.encode(), r);
                })
                .orElse(false);
    }

    /// RFC 8032, 5.1.3: the point of 32 bytes, empty when there is none on the curve.
    static Optional<Point> decode(byte[] bytes) {
        byte[] masked = bytes.clone();
        boolean odd = (masked[31] & 0x80) != 0;
        masked[31] &= 0x7f;
        BigInteger y = littleEndian(masked);
        BigInteger ySquared = y.multiply(y).mod(P);
        BigInteger xSquared =
                ySquared.subtract(ONE).multiply(D.multiply(ySquared).add(ONE).modInverse(P)).mod(P);
        BigInteger x = xSquared.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!x.multiply(x).mod(P).equals(xSquared)) {
            x = x.multiply(SQRT_MINUS_ONE).mod(P);
        }
        if (!x.multiply(x).mod(P).equals(xSquared)
                || (x.signum() == 0 && odd)
                || y.compareTo(P) >= 0) {
            return Optional.empty();
        }
        return Optional.of(new Point(x.testBit(0) == odd ? x : P.subtract(x), y, ONE));
    }

    /// Projective coordinates: x = X/Z, y = Y/Z.
    record Point(BigInteger x, BigInteger y, BigInteger z) {
        /// The complete addition law: holds for every pair of points.
        Point plus(Point other) {
            BigInteger a = z.multiply(other.z).mod(P);
            BigInteger b = a.multiply(a).mod(P);
            BigInteger c = x.multiply(other.x).mod(P);
            BigInteger d = y.multiply(other.y).mod(P);
            BigInteger e = D.multiply(c).multiply(d).mod(P);
            BigInteger f = b.subtract(e);
            BigInteger g = b.add(e);
            BigInteger mixed = x.add(y).multiply(other.x.add(other.y)).subtract(c).subtract(d);
            return new Point(
                    a.multiply(f).multiply(mixed).mod(P),
                    a.multiply(g).multiply(d.add(c)).mod(P),
                    f.multiply(g).mod(P));
        }

        Point times(BigInteger scalar) {
            Point sum = IDENTITY;
            for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
                sum = sum.plus(sum);
                if (scalar.testBit(bit)) {
                    sum = sum.plus(this);
                }
            }
            return sum;
        }

        Point negated() {
            return new Point(P.subtract(x).mod(P), y, z);
        }

        byte[] encode() {
            BigInteger inverse = z.modInverse(P);
            byte[] bytes = littleEndian(y.multiply(inverse).mod(P));
            if (x.multiply(inverse).mod(P).testBit(0)) {
                bytes[31] |= (byte) 0x80;
            }
            return bytes;
        }
    }

    static BigInteger littleEndian(byte[] bytes) {
        return new BigInteger(1, reversed(bytes));
    }

    static byte[] littleEndian(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] padded = new byte[32];
        int length = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - length, padded, 32 - length, length);
        return reversed(padded);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    private static byte[] encodedBase() {
        byte[] base = new byte[32];
        Arrays.fill(base, (byte) 0x66);
        base[0] = 0x58;
        return base;
    }

    private static byte[] sha512(byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-512");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
    }
}
