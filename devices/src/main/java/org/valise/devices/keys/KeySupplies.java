package org.valise.devices.keys;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.devices.changes.KeySupplyChanged;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.platform.stream.StreamFollower;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;

/// The key supplies of devices: every sync response tells them, so they are kept in memory.
///
/// An entry holds as long as its stripe's epoch is what it was before the database was asked: a
/// reader that is slower than a change never leaves an old supply behind, and the committer waits
/// for nobody.
public final class KeySupplies implements StreamFollower, ChangeReader {
    private static final int CACHED = 200_000;
    private static final int STRIPES = 1 << 14;

    private final OneTimeKeyStore store;
    private final AtomicLongArray epochs = new AtomicLongArray(STRIPES);
    private final Cache<Long, Known> known = Caffeine.newBuilder().maximumSize(CACHED).build();

    private record Known(long epoch, long position, byte[] syncFields) {}

    public KeySupplies(OneTimeKeyStore store) {
        this.store = store;
    }

    /// What a sync response says of a device's keys.
    ///
    /// @param position where in the stream it last changed
    /// @param json members of the response, without a comma before or after
    public record ForSync(long position, byte[] json) {}

    public ForSync of(long session) {
        Known cached = known.getIfPresent(session);
        long epoch = epochs.get(stripe(session));
        if (cached == null || cached.epoch != epoch) {
            KeySupply supply = store.supply(session);
            cached = new Known(epoch, supply.position(), supply.syncFields());
            known.put(session, cached);
        }
        return new ForSync(cached.position, cached.syncFields);
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof KeySupplyChanged supply) {
                epochs.incrementAndGet(stripe(supply.session()));
            }
        }
    }

    @Override
    public Set<String> tables() {
        return Set.of("devices.key_supply");
    }

    /// What other nodes changed.
    @Override
    public List<KeySupplyChanged> read(News news) {
        return store.changed(news.from(), news.to());
    }

    private static int stripe(long session) {
        return Math.floorMod(Long.hashCode(session), STRIPES);
    }
}
