package org.valise.platform.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// Identifies a request that may be sent again: the session, and a hash of the whole path with its
/// transaction id.
///
/// Spec: client-server API, "Transaction identifiers": *the scope of a transaction ID is for a
/// single device, and a single HTTP endpoint*. The same operation under an older prefix (`/r0/`)
/// has the same key.
///
/// @param high the first 8 bytes of the hash
/// @param low the next 8 bytes of the hash
public record TransactionKey(long session, long high, long low) {

    /// The hash as 16 bytes, as it is stored.
    public byte[] hash() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    static TransactionKey of(long session, String template, List<String> parameters) {
        MessageDigest sha = sha256();
        sha.update(template.getBytes(StandardCharsets.UTF_8));
        for (String parameter : parameters) {
            byte[] bytes = parameter.getBytes(StandardCharsets.UTF_8);
            // The length keeps ("a", "bc") apart from ("ab", "c").
            sha.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
            sha.update(bytes);
        }
        ByteBuffer digest = ByteBuffer.wrap(sha.digest());
        return new TransactionKey(session, digest.getLong(), digest.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
