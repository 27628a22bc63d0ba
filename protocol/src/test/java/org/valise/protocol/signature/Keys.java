package org.valise.protocol.signature;

import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;

/// Ed25519 for tests, by Bouncy Castle.
public final class Keys {
    private Keys() {}

    /// The signer of the specification's test vectors: server `domain`, key `ed25519:1`.
    public static TestSigner ofSpecification() {
        return new TestSigner(
                new ServerName("domain"),
                KeyId.ed25519("1"),
                Base64s.decode("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1").orElseThrow());
    }

    /// A signer of any server; the same number gives the same key.
    public static TestSigner of(String server, int number) {
        byte[] seed = new byte[32];
        seed[0] = (byte) number;
        seed[1] = 1;
        return new TestSigner(new ServerName(server), KeyId.ed25519("k" + number), seed);
    }

    public record TestSigner(ServerName server, KeyId keyId, byte[] seed) implements Signer {
        @Override
        public byte[] sign(byte[] message) {
            Ed25519Signer signer = new Ed25519Signer();
            signer.init(true, new Ed25519PrivateKeyParameters(seed));
            signer.update(message, 0, message.length);
            return signer.generateSignature();
        }

        public byte[] publicKey() {
            return new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
        }
    }

    public static final Verifier VERIFIER =
            (publicKey, message, signature) -> {
                Ed25519Signer verifier = new Ed25519Signer();
                verifier.init(false, new Ed25519PublicKeyParameters(publicKey));
                verifier.update(message, 0, message.length);
                return verifier.verifySignature(signature);
            };
}
