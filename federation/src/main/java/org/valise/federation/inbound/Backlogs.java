package org.valise.federation.inbound;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;

import org.valise.federation.inbound.InboxStore.Item;
import org.valise.federation.inbound.InboxStore.Size;
import org.valise.protocol.id.ServerName;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;

/// How much of what each server has sent is not worked off. It is counted when that matters, not
/// for each transaction: in between, what comes is added, and what is worked off is not subtracted.
final class Backlogs {
    /// SECURITY: what one server may have here that is not worked off, in items and bytes.
    static final Size MOST = new Size(5_000, 64L << 20);

    /// Other nodes take in, too: what this one knows is never older.
    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final int SERVERS = 10_000;

    private final Function<ServerName, Size> count;
    private final Cache<ServerName, Size> atMost =
            Caffeine.newBuilder()
                    .maximumSize(SERVERS)
                    .expireAfter(Expiry.<ServerName, Size>creating((server, size) -> FRESH))
                    .build();

    /// @param count counts what there is of a server
    Backlogs(Function<ServerName, Size> count) {
        this.count = count;
    }

    /// Whether a server may send more.
    boolean hasSpace(ServerName origin) {
        Size known = atMost.getIfPresent(origin);
        if (known != null && isBelow(known)) {
            return true;
        }
        Size counted = count.apply(origin);
        atMost.invalidate(origin);
        atMost.put(origin, counted);
        return isBelow(counted);
    }

    private static boolean isBelow(Size size) {
        return size.items() < MOST.items() && size.bytes() < MOST.bytes();
    }

    /// A server has sent something.
    void added(ServerName origin, Collection<Item> items) {
        long bytes = items.stream().mapToLong(item -> item.json().length).sum();
        atMost.asMap()
                .computeIfPresent(
                        origin,
                        (server, size) ->
                                new Size(size.items() + items.size(), size.bytes() + bytes));
    }
}
