package org.valise.sync.classic;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/// Which member events a device has, so that lazy loading does not send them again and again.
///
/// An entry counts only for a `since` at or after the sync that sent it: a device that asks again
/// with an old token has perhaps never got that answer. What is forgotten is just sent once more.
final class SentMembers {
    private static final int MAX_ENTRIES = 500_000;

    private final Cache<Key, Sent> sent = Caffeine.newBuilder().maximumSize(MAX_ENTRIES).build();

    /// Whether the device with this session has the event, being at `since`.
    boolean has(long session, long room, long member, long event, long since) {
        Sent known = sent.getIfPresent(new Key(session, room, member));
        return known != null && known.event == event && known.position <= since;
    }

    void add(long session, long room, long member, long event, long position) {
        sent.put(new Key(session, room, member), new Sent(event, position));
    }

    private record Key(long session, long room, long member) {}

    private record Sent(long event, long position) {}
}
