package org.valise.rooms.lane;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Rooms that other nodes write at the same time: there the nodes take turns, so that what one has
/// decided is not lost to another's commit.
///
/// Only a help: what is true is for the fence to say. Who gets no turn tries without. A node that
/// is alone with its room never comes here.
final class Turns implements AutoCloseable {
    /// After the last commit that was lost to another node.
    private static final Duration CONTESTED = Duration.ofSeconds(5);

    /// Nobody joins a turn that is older. Each turn begins with loading the room.
    private static final long LONGEST_NANOS = Duration.ofMillis(50).toNanos();

    /// A turn in which nobody writes is kept for so long: those who have just had their answers
    /// write again.
    private static final Duration LINGER = Duration.ofMillis(5);

    /// Rooms in whose turn this node can be, or for which it can wait, at the same time.
    private static final int CONNECTIONS = 4;

    private static final int MOST_ROOMS = 10_000;

    private final BlockingQueue<TurnStore> free = new LinkedBlockingQueue<>();
    private final Cache<Long, Turn> contested =
            Caffeine.newBuilder().maximumSize(MOST_ROOMS).expireAfterWrite(CONTESTED).build();
    private volatile boolean closed;

    Turns(Database database) {
        for (int i = 0; i < CONNECTIONS; i++) {
            free.add(new TurnStore(database));
        }
    }

    /// Another node has written the room first.
    void lost(Lane lane) {
        Turn known = contested.getIfPresent(lane.room());
        contested.put(lane.room(), known == null ? new Turn() : known);
    }

    /// Waits for this node's turn to write the lane's room, if it is contested.
    ///
    /// @return to be closed when what was written is committed
    Pass enter(Lane lane) {
        Turn turn = contested.getIfPresent(lane.room());
        return turn == null ? () -> {} : turn.enter(lane);
    }

    /// The right to write a room, shared by those who write it on this node.
    @FunctionalInterface
    interface Pass extends AutoCloseable {
        @Override
        void close();
    }

    /// Ends the turns that are free, the others when they are given back; none is taken any more
    /// when a server closes.
    @Override
    public void close() {
        closed = true;
        free.forEach(TurnStore::close);
    }

    private final class Turn {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition ended = lock.newCondition();
        private @Nullable TurnStore held;
        private long began;
        private int inside;
        private long passes;
        private boolean taking;

        Pass enter(Lane lane) {
            long room = lane.room();
            lock.lock();
            try {
                while (taking || inside > 0 && isOver()) {
                    ended.awaitUninterruptibly();
                }
                if (held != null && isOver()) {
                    giveBack(room);
                }
                if (held != null) {
                    return pass(room);
                }
                taking = true;
            } finally {
                lock.unlock();
            }
            TurnStore taken = take(room);
            // What another node wrote in its turn is not in this one's memory.
            lane.reset();
            lock.lock();
            try {
                taking = false;
                ended.signalAll();
                if (taken == null) {
                    return () -> {};
                }
                held = taken;
                began = System.nanoTime();
                return pass(room);
            } finally {
                lock.unlock();
            }
        }

        private boolean isOver() {
            return System.nanoTime() - began > LONGEST_NANOS;
        }

        private Pass pass(long room) {
            inside++;
            passes++;
            return () -> leave(room);
        }

        private @Nullable TurnStore take(long room) {
            TurnStore store = free.poll();
            if (store != null && !store.take(room)) {
                free.add(store);
                return null;
            }
            return store;
        }

        private void leave(long room) {
            lock.lock();
            try {
                inside--;
                if (inside > 0) {
                    return;
                }
                if (isOver()) {
                    giveBack(room);
                } else {
                    long known = passes;
                    Thread.startVirtualThread(() -> giveBackUnlessEntered(room, known));
                }
            } finally {
                lock.unlock();
            }
        }

        private void giveBackUnlessEntered(long room, long known) {
            LockSupport.parkNanos(LINGER.toNanos());
            lock.lock();
            try {
                if (passes == known) {
                    giveBack(room);
                }
            } finally {
                lock.unlock();
            }
        }

        /// Needs the lock.
        private void giveBack(long room) {
            TurnStore store = held;
            held = null;
            if (store != null) {
                store.giveBack(room);
                if (closed) {
                    store.close();
                } else {
                    free.add(store);
                }
            }
            ended.signalAll();
        }
    }
}
