package org.valise.platform.http;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// Reads request bodies, blocking, up to a size.
final class BodyReader {
    private static final byte[] NOTHING = {};

    /// What is set aside for a body before any of it has come, whatever length it claims.
    private static final int TRUSTED_LENGTH = 64 * 1024;

    /// Nanoseconds a byte may take in the long run: one kilobyte a second.
    private static final long SLOWEST = 1_000_000;

    private final Request request;

    /// How long a body may take before it has to keep up with [#SLOWEST].
    private final long grace;

    private final long since = System.nanoTime();

    private BodyReader(Request request, Duration grace) {
        this.request = request;
        this.grace = grace.toNanos();
    }

    static MatrixException tooLarge() {
        return new MatrixException(ErrorCode.M_TOO_LARGE, "The request body is too large")
                .status(413);
    }

    /// The whole body.
    static byte[] readAll(Request request, long most, Duration grace) {
        return new BodyReader(request, grace).readAll(most);
    }

    /// The body as a stream, for what is too large to be held.
    static InputStream stream(Request request, long most, Duration grace) {
        return new BodyReader(request, grace).new BodyStream(most);
    }

    private byte[] readAll(long most) {
        long declared = request.getLength();
        if (declared == 0) {
            return NOTHING;
        }
        // SECURITY: memory is given for bytes that came, not for a number in a header.
        byte[] bytes = declared > 0 ? new byte[(int) Math.min(declared, TRUSTED_LENGTH)] : NOTHING;
        int size = 0;
        while (true) {
            Content.Chunk chunk = next(size);
            try {
                ByteBuffer piece = chunk.getByteBuffer();
                int length = piece.remaining();
                if (size + (long) length > most) {
                    throw tooLarge();
                }
                if (size + length > bytes.length) {
                    bytes = Arrays.copyOf(bytes, grown(bytes.length, size + length, declared));
                }
                piece.get(bytes, size, length);
                size += length;
                if (chunk.isLast()) {
                    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
                }
            } finally {
                chunk.release();
            }
        }
    }

    private static int grown(int now, int needed, long declared) {
        long wanted = Math.max(needed, now * 2L);
        return (int) (declared >= needed ? Math.min(wanted, declared) : wanted);
    }

    /// The next piece; waits for it.
    ///
    /// SECURITY: not for as long as the client likes: each byte it sends would begin the idle
    /// timeout anew.
    private Content.Chunk next(long seen) {
        long deadline = since + grace + seen * SLOWEST;
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                await(deadline);
            } else if (Content.Chunk.isFailure(chunk)) {
                throw failure(chunk.getFailure());
            } else {
                return chunk;
            }
        }
    }

    private void await(long deadline) {
        Waiter waiter = new Waiter(Thread.currentThread());
        request.demand(waiter);
        waiter.await(deadline);
    }

    private static MatrixException tooSlow() {
        return new MatrixException(ErrorCode.M_UNKNOWN, "The request body did not come in time")
                .status(408);
    }

    private static RuntimeException failure(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return tooSlow();
        }
        if (failure instanceof HttpException bad) {
            return new MatrixException(ErrorCode.M_UNKNOWN, "Malformed request body")
                    .status(bad.getCode());
        }
        return new ClientGone(failure);
    }

    private static final class Waiter implements Runnable {
        private final Thread thread;
        private volatile boolean ready;

        Waiter(Thread thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            ready = true;
            LockSupport.unpark(thread);
        }

        void await(long deadline) {
            while (!ready) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw tooSlow();
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new ClientGone(new InterruptedException());
                }
            }
        }
    }

    private final class BodyStream extends InputStream {
        private final long most;
        private long seen;
        private Content.@Nullable Chunk current;
        private boolean ended;

        BodyStream(long most) {
            this.most = most;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            Content.Chunk chunk = current;
            while (chunk == null || !chunk.getByteBuffer().hasRemaining()) {
                release();
                if (ended) {
                    return -1;
                }
                chunk = next(seen);
                ended = chunk.isLast();
                current = chunk;
                seen += chunk.getByteBuffer().remaining();
                if (seen > most) {
                    throw tooLarge();
                }
            }
            int count = Math.min(length, chunk.getByteBuffer().remaining());
            chunk.getByteBuffer().get(target, offset, count);
            return count;
        }

        @Override
        public void close() {
            release();
        }

        private void release() {
            if (current != null) {
                current.release();
                current = null;
            }
        }
    }
}
