package org.valise.devices.backup;

import java.io.InputStream;
import java.util.Objects;
import java.util.function.Supplier;

/// Bytes that are made piece by piece, each when the one before has been read. For one thread.
final class PagedStream extends InputStream {
    private final Supplier<byte[]> pages;
    private byte[] page = {};
    private int next;
    private boolean ended;

    /// @param pages gives an empty array at the end
    PagedStream(Supplier<byte[]> pages) {
        this.pages = pages;
    }

    @Override
    public int read() {
        return isAtEnd() ? -1 : page[next++] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (isAtEnd()) {
            return -1;
        }
        int count = Math.min(length, page.length - next);
        System.arraycopy(page, next, into, offset, count);
        next += count;
        return count;
    }

    private boolean isAtEnd() {
        if (next == page.length && !ended) {
            page = pages.get();
            next = 0;
            ended = page.length == 0;
        }
        return ended;
    }
}
