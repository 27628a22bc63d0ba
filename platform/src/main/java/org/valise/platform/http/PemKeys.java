package org.valise.platform.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/// Reads certificates and their key from PEM files, as certbot, acme.sh and OpenSSL write them.
///
/// A key may be PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`); the
/// JDK knows the first only, so the others are wrapped.
final class PemKeys {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] VERSION_0 = HEX.parseHex("020100");

    /// rsaEncryption with its NULL.
    private static final byte[] RSA = HEX.parseHex("300d06092a864886f70d0101010500");

    /// id-ecPublicKey, to be followed by the curve.
    private static final byte[] EC = HEX.parseHex("06072a8648ce3d0201");

    private PemKeys() {}

    /// A key store in memory with one entry; it has no password.
    static KeyStore load(TlsConfig config) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            Certificate[] chain = certificates(config.certificates()).toArray(Certificate[]::new);
            store.setKeyEntry("valise", key(config.key()), new char[0], chain);
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "cannot use "
                            + config.certificates()
                            + " with "
                            + config.key()
                            + " for TLS: "
                            + e.getMessage(),
                    e);
        }
    }

    private static List<Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<Certificate> chain = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label.equals("CERTIFICATE")) {
                chain.add(factory.generateCertificate(new ByteArrayInputStream(block.bytes)));
            }
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("no CERTIFICATE in " + file);
        }
        return chain;
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        for (Block block : blocks(file)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return pkcs8(block.bytes);
                }
                case "RSA PRIVATE KEY" -> {
                    return pkcs8(wrapped(RSA, block.bytes));
                }
                case "EC PRIVATE KEY" -> {
                    return pkcs8(wrapped(sequence(EC, curve(block.bytes)), block.bytes));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                        throw new GeneralSecurityException("the key in " + file + " is encrypted");
                default -> {}
            }
        }
        throw new GeneralSecurityException("no private key in " + file);
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // A key of another kind.
            }
        }
        throw new GeneralSecurityException("the private key is neither RSA nor EC nor EdDSA");
    }

    /// PKCS#8: version, algorithm, the key in an octet string.
    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return sequence(VERSION_0, algorithm, tagged(0x04, key));
    }

    /// The object identifier in `[0]` of a SEC1 key, which OpenSSL always writes.
    private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
        for (int i = 0; i + 3 < sec1.length; i++) {
            int length = sec1[i + 1];
            boolean parameters =
                    sec1[i] == (byte) 0xa0 && sec1[i + 2] == 0x06 && sec1[i + 3] == length - 2;
            if (parameters && i + 2 + length <= sec1.length) {
                return Arrays.copyOfRange(sec1, i + 2, i + 2 + length);
            }
        }
        throw new GeneralSecurityException("the EC key does not name its curve");
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        return tagged(0x30, content.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private record Block(String label, byte[] bytes) {}

    private static List<Block> blocks(Path file) throws IOException, GeneralSecurityException {
        List<Block> blocks = new ArrayList<>();
        StringBuilder base64 = new StringBuilder();
        for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
            if (line.startsWith("-----BEGIN ")) {
                base64.setLength(0);
            } else if (line.startsWith("-----END ")) {
                String label = line.substring("-----END ".length(), line.lastIndexOf("-----"));
                blocks.add(new Block(label, decode(base64.toString(), file)));
            } else {
                base64.append(line.strip());
            }
        }
        return blocks;
    }

    private static byte[] decode(String base64, Path file) throws GeneralSecurityException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException(file + " is not PEM", e);
        }
    }
}
