package org.valise.devices.todevice;

import org.valise.platform.http.TransactionKey;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/// What tells one message between servers from another, so that it is delivered once.
final class MessageIds {
    /// The session under which messages of other servers are remembered; nobody has it.
    static final long OTHER_SERVERS = 0;

    /// *Arbitrary utf8 string, of maximum length 32 codepoints*, some of which number the parts.
    private static final int BYTES = 18;

    private MessageIds() {}

    /// The id under which a client's request goes to other servers.
    static String of(UserId sender, TransactionKey request) {
        byte[] session = ByteBuffer.allocate(8).putLong(request.session()).array();
        byte[] digest = digest(sender.value(), session, request.hash());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, BYTES));
    }

    /// Under which a message of another server is remembered.
    static TransactionKey received(ServerName origin, String id) {
        byte[] message = id.getBytes(StandardCharsets.UTF_8);
        ByteBuffer digest = ByteBuffer.wrap(digest(origin.value(), message));
        return new TransactionKey(OTHER_SERVERS, digest.getLong(), digest.getLong());
    }

    private static byte[] digest(String first, byte[]... more) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(first.getBytes(StandardCharsets.UTF_8));
            for (byte[] part : more) {
                sha.update((byte) 0); // names have no such character
                sha.update(part);
            }
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
