package org.valise.rooms.lane;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.PowerLevels;

/// One room's memory on this node. Everything but [#reset()] and [#epoch()] needs the lock.
final class Lane {
    final ReentrantLock lock = new ReentrantLock(true);
    private final long room;
    private final AtomicLong epoch = new AtomicLong();
    private long loadedEpoch = -1;
    private Head head = Head.NONE;

    /// The power levels of the last power_levels event seen, so that it is not parsed for every send.
    private long powerLevelsEvent = -1;

    private @Nullable PowerLevels powerLevels;

    Lane(long room) {
        this.room = room;
    }

    long room() {
        return room;
    }

    /// What is in memory may not be true any more: the next writer loads it anew, and units that built
    /// on it are stale.
    void reset() {
        epoch.incrementAndGet();
    }

    long epoch() {
        return epoch.get();
    }

    /// The head as of now, loaded if need be.
    Head head(HeadStore store) {
        long now = epoch.get();
        if (loadedEpoch != now) {
            head = store.load(room);
            loadedEpoch = now;
        }
        return head;
    }

    /// The epoch that the present head belongs to.
    long loadedEpoch() {
        return loadedEpoch;
    }

    void advance(Head next) {
        head = next;
    }

    @Nullable PowerLevels powerLevels(long event) {
        return powerLevelsEvent == event ? powerLevels : null;
    }

    void rememberPowerLevels(long event, PowerLevels levels) {
        powerLevelsEvent = event;
        powerLevels = levels;
    }
}
