package org.valise.rooms.state;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash of a set of state entries: the sum, modulo 2^128, of a hash of each entry. Sums make it
/// independent of the order and shape in which a trie was built, and adding or taking out one entry
/// needs no other.
///
/// SECURITY: an attacker who could choose the summands could make two different sets collide. The
/// summands hash this database's own event and key numbers, which nobody outside chooses.
public record StateHash(long high, long low) {
    static final StateHash EMPTY = new StateHash(0, 0);

    private static final ThreadLocal<MessageDigest> DIGEST =
            ThreadLocal.withInitial(StateHash::sha256);

    static StateHash of(long key, long event) {
        ByteBuffer entry = ByteBuffer.allocate(16).putLong(key).putLong(event);
        ByteBuffer digest = ByteBuffer.wrap(DIGEST.get().digest(entry.array()));
        return new StateHash(digest.getLong(), digest.getLong());
    }

    StateHash plus(StateHash other) {
        long sum = low + other.low;
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new StateHash(high + other.high + carry, sum);
    }

    StateHash minus(StateHash other) {
        long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
        return new StateHash(high - other.high - borrow, low - other.low);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
