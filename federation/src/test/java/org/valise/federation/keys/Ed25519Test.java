package org.valise.federation.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.valise.federation.keys.EdwardsCurve.BASE;
import static org.valise.federation.keys.EdwardsCurve.ORDER;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.valise.federation.keys.EdwardsCurve.Point;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;

class Ed25519Test {
    private static final HexFormat HEX = HexFormat.of();
    private static final BigInteger EIGHT = BigInteger.valueOf(8);

    private final List<Ed25519> implementations = implementations();

    @Test
    void theNativeProviderLoadsHere() {
        assertThat(CorrettoEd25519.load()).isPresent();
        assertThat(Ed25519.fastest().provider()).startsWith("Amazon Corretto");
    }

    /// RFC 8032, 7.1.
    @Test
    void signsAndVerifiesTheTestVectorsOfTheRfc() {
        forEachVector((ed25519, vector) -> {
            var key = ed25519.signingKey(vector.seed());
            assertThat(key.publicKey()).isEqualTo(vector.publicKey());
            assertThat(key.sign(vector.message())).isEqualTo(vector.signature());
            assertThat(ed25519.verify(vector.publicKey(), vector.message(), vector.signature()))
                    .isTrue();
        });
    }

    @Test
    void refusesAnyChangedBit() {
        var random = new Random(1);
        forEachVector((ed25519, vector) -> {
            for (int i = 0; i < 64; i++) {
                var signature = flipped(vector.signature(), random);
                var publicKey = flipped(vector.publicKey(), random);
                assertThat(ed25519.verify(vector.publicKey(), vector.message(), signature))
                        .isFalse();
                assertThat(ed25519.verify(publicKey, vector.message(), vector.signature()))
                        .isFalse();
            }
        });
    }

    @Test
    void refusesWrongLengths() {
        forEachVector((ed25519, vector) -> {
            for (int length : new int[] {0, 1, 31, 33, 64}) {
                assertThat(
                                ed25519.verify(
                                        Arrays.copyOf(vector.publicKey(), length),
                                        vector.message(),
                                        vector.signature()))
                        .isFalse();
            }
            for (int length : new int[] {0, 1, 32, 63, 65, 128}) {
                assertThat(
                                ed25519.verify(
                                        vector.publicKey(),
                                        vector.message(),
                                        Arrays.copyOf(vector.signature(), length)))
                        .isFalse();
            }
        });
    }

    @Test
    void refusesSNotBelowTheGroupOrder() {
        forEachVector((ed25519, vector) -> {
            var s = EdwardsCurve.littleEndian(Arrays.copyOfRange(vector.signature(), 32, 64));
            for (var larger = s.add(ORDER); larger.bitLength() <= 256; larger = larger.add(ORDER)) {
                var signature = vector.signature().clone();
                System.arraycopy(EdwardsCurve.littleEndian(larger), 0, signature, 32, 32);
                assertThat(ed25519.verify(vector.publicKey(), vector.message(), signature))
                        .isFalse();
            }
        });
    }

    @Test
    void refusesPointsOfSmallOrderInEveryEncoding() {
        var encodings = new ArrayList<byte[]>();
        for (var point : smallOrderPoints()) {
            assertThat(point.times(EIGHT).encode()).isEqualTo(EdwardsCurve.IDENTITY.encode());
            encodings.addAll(encodings(point));
        }
        // S = 0, R = the key, k·A + R small: what passes where small order is let in.
        for (var key : encodings) {
            for (var r : encodings) {
                var signature = Arrays.copyOf(r, 64);
                for (var ed25519 : implementations) {
                    assertThat(ed25519.verify(key, "any message".getBytes(UTF_8), signature))
                            .as("%s %s", HEX.formatHex(key), HEX.formatHex(r))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void refusesKeysThatAreNoPointOrNotCanonical() {
        var signature = vectors().getFirst().signature();
        for (String key :
                List.of(
                        "0200000000000000000000000000000000000000000000000000000000000000", // not
                        // on
                        // the
                        // curve
                        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
                        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
                        // + 3,
                        // on
                        // the
                        // curve
                        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")) {
            for (var ed25519 : implementations) {
                assertThat(ed25519.verify(HEX.parseHex(key), new byte[0], signature)).isFalse();
            }
        }
    }

    /// A key (or R) with a part outside the subgroup of prime order: what some implementations
    /// accept and some do not.
    @Test
    void agreesOnKeysOfMixedOrder() {
        var random = new Random(2);
        var torsion = smallOrderPoints();
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 60; round++) {
            var secret = new BigInteger(252, random);
            var message = ("message " + round).getBytes(UTF_8);
            var key = BASE.times(secret).plus(torsion.get(random.nextInt(8))).encode();
            var nonce = new BigInteger(252, random);
            var r = BASE.times(nonce).plus(torsion.get(random.nextInt(8))).encode();
            var s = nonce.add(challenge(r, key, message).multiply(secret)).mod(ORDER);
            var signature = Arrays.copyOf(r, 64);
            System.arraycopy(EdwardsCurve.littleEndian(s), 0, signature, 32, 32);

            boolean expected = EdwardsCurve.satisfiesEquation(key, message, signature);
            for (var ed25519 : implementations) {
                assertThat(ed25519.verify(key, message, signature))
                        .as("round %d by %s", round, ed25519.provider())
                        .isEqualTo(expected);
            }
            if (expected) {
                accepted++;
            } else {
                refused++;
            }
        }
        assertThat(accepted).isGreaterThan(3);
        assertThat(refused).isGreaterThan(20);
    }

    @Test
    void theSlowEquationAgreesOnHonestSignatures() {
        forEachVector((_, vector) -> {
            assertThat(
                            EdwardsCurve.satisfiesEquation(
                                    vector.publicKey(), vector.message(), vector.signature()))
                    .isTrue();
            assertThat(
                            EdwardsCurve.satisfiesEquation(
                                    vector.publicKey(), new byte[7], vector.signature()))
                    .isFalse();
        });
    }

    // ---- what the tests are made of

    private record Vector(byte[] seed, byte[] publicKey, byte[] message, byte[] signature) {
        static Vector of(String seed, String publicKey, String message, String signature) {
            return new Vector(
                    HEX.parseHex(seed),
                    HEX.parseHex(publicKey),
                    HEX.parseHex(message),
                    HEX.parseHex(signature));
        }
    }

    private static List<Vector> vectors() {
        return List.of(
                Vector.of(
                        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                        "",
                        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
                Vector.of(
                        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                        "72",
                        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
                Vector.of(
                        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                        "af82",
                        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"));
    }

    private static List<Ed25519> implementations() {
        var all = new ArrayList<Ed25519>();
        Optional<CorrettoEd25519> corretto = CorrettoEd25519.load();
        corretto.ifPresent(provider -> all.add(new Ed25519(provider)));
        all.add(new Ed25519(new BouncyCastleEd25519()));
        return all;
    }

    private void forEachVector(BiConsumer<Ed25519, Vector> check) {
        for (var ed25519 : implementations) {
            vectors().forEach(vector -> check.accept(ed25519, vector));
        }
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] copy = bytes.clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    /// The eight multiples of a point of order 8.
    private static List<Point> smallOrderPoints() {
        var generator =
                EdwardsCurve.decode(
                                HEX.parseHex(
                                        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"))
                        .orElseThrow();
        var points = new ArrayList<Point>();
        for (int i = 0; i < 8; i++) {
            points.add(generator.times(BigInteger.valueOf(i)));
        }
        return points;
    }

    /// The canonical encoding, with either sign of x, and with y + p where that fits.
    private static List<byte[]> encodings(Point point) {
        var encodings = new ArrayList<byte[]>();
        byte[] masked = point.encode();
        masked[31] &= 0x7f;
        var larger = EdwardsCurve.littleEndian(masked).add(EdwardsCurve.P);
        for (var y :
                larger.bitLength() <= 255
                        ? List.of(masked, EdwardsCurve.littleEndian(larger))
                        : List.of(masked)) {
            byte[] signed = y.clone();
            signed[31] |= (byte) 0x80;
            encodings.add(y);
            encodings.add(signed);
        }
        return encodings;
    }

    private static BigInteger challenge(byte[] r, byte[] key, byte[] message) {
        try {
            var digest = MessageDigest.getInstance("SHA-512");
            digest.update(r);
            digest.update(key);
            digest.update(message);
            return EdwardsCurve.littleEndian(digest.digest()).mod(ORDER);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
