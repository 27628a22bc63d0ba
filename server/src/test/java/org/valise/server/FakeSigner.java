package org.valise.server;

import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Signer;

/// The key of a server that a test plays.
final class FakeSigner implements Signer {
    private final ServerName server;
    private final SigningPair pair = new SigningPair();

    FakeSigner(ServerName server) {
        this.server = server;
    }

    /// Unpadded Base64.
    String publicKey() {
        return pair.publicKey();
    }

    @Override
    public ServerName server() {
        return server;
    }

    @Override
    public KeyId keyId() {
        return KeyId.ed25519("fake");
    }

    @Override
    public byte[] sign(byte[] message) {
        return pair.sign(message);
    }
}
