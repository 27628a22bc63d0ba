package org.valise.bench.resident;

import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Signer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/// The key of a mock server, derived from its name: it is as secret as the name.
final class MockKey implements Signer {
    private static final Duration VALIDITY = Duration.ofDays(1);
    private static final KeyId KEY = KeyId.ed25519("mock");

    private final ServerName server;
    private final byte[] seed;
    private final byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];

    MockKey(ServerName server) {
        this.server = server;
        try {
            seed =
                    MessageDigest.getInstance("SHA-256")
                            .digest(server.value().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new AssertionError(everyPlatformHasIt);
        }
        Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    }

    @Override
    public ServerName server() {
        return server;
    }

    @Override
    public KeyId keyId() {
        return KEY;
    }

    @Override
    public byte[] sign(byte[] message) {
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    /// What `GET /_matrix/key/v2/server` answers.
    JsonObject statement() {
        JsonObject keys =
                JsonObject.of(KEY.value(), JsonObject.of("key", Base64s.encode(publicKey)));
        return JsonSigning.sign(
                JsonObject.of(
                        "server_name",
                        server.value(),
                        "verify_keys",
                        keys,
                        "old_verify_keys",
                        JsonObject.of(),
                        "valid_until_ts",
                        System.currentTimeMillis() + VALIDITY.toMillis()),
                this);
    }
}
