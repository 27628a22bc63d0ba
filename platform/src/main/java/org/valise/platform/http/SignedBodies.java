package org.valise.platform.http;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many of the bodies of other servers' requests are in memory at once.
///
/// SECURITY: such a body is read, and taken apart, before it is known who has signed it, and takes
/// a multiple of its size then. Large ones wait for each other, and no address takes all the room.
final class SignedBodies {
    /// Up to this size, in bytes, a body costs nothing.
    static final int UNIT = 64 * 1024;

    /// In units, together 64 MiB.
    static final int ROOM = 1_024;

    /// In units, together 16 MiB.
    static final int ROOM_OF_AN_ADDRESS = 256;

    private static final long RETRY_MS = 5_000;

    private final Semaphore room = new Semaphore(ROOM, true);
    private final ConcurrentHashMap<Object, Share> shares = new ConcurrentHashMap<>();
    private final Duration patience;

    /// @param patience how long a body waits for room
    SignedBodies(Duration patience) {
        this.patience = patience;
    }

    /// What requests from an address share.
    ///
    /// @param users how many requests hold on to it
    private record Share(Semaphore free, int users) {
        Share used(int more) {
            return new Share(free, users + more);
        }
    }

    /// Room for a body; closing it gives it back.
    interface Room extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits for room.
    ///
    /// @param address where it comes from
    /// @param bytes how long it may be
    /// @throws MatrixException `M_LIMIT_EXCEEDED` if there is none for too long
    Room take(Object address, long bytes) {
        if (bytes <= UNIT) {
            return () -> {};
        }
        int units = (int) Math.min(ROOM_OF_AN_ADDRESS, (bytes + UNIT - 1) / UNIT);
        Semaphore own = share(address, 1).free();
        try {
            take(own, units);
        } catch (RuntimeException e) {
            share(address, -1);
            throw e;
        }
        try {
            take(room, units);
        } catch (RuntimeException e) {
            own.release(units);
            share(address, -1);
            throw e;
        }
        return () -> {
            room.release(units);
            own.release(units);
            share(address, -1);
        };
    }

    private Share share(Object address, int users) {
        Share[] seen = new Share[1];
        shares.compute(
                address,
                (any, known) -> {
                    Share share =
                            known == null
                                    ? new Share(new Semaphore(ROOM_OF_AN_ADDRESS, true), users)
                                    : known.used(users);
                    seen[0] = share;
                    return share.users() == 0 ? null : share;
                });
        return Objects.requireNonNull(seen[0]);
    }

    private void take(Semaphore from, int units) {
        try {
            if (from.tryAcquire(units, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new MatrixException(
                        ErrorCode.M_LIMIT_EXCEEDED, "Too many large requests at once, try again")
                .with("retry_after_ms", RETRY_MS);
    }
}
