package org.valise.protocol.signature;

import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;

/// Signs in the name of a server with one of its keys.
public interface Signer {
    ServerName server();

    KeyId keyId();

    /// The Ed25519 signature of the message, 64 bytes.
    byte[] sign(byte[] message);
}
