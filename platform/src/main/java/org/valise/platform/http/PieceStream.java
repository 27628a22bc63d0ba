package org.valise.platform.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;

/// An answer that is made while it is sent: each piece when the one before has been read. For one
/// thread.
public final class PieceStream extends InputStream {
    private static final byte[] NONE = {};

    private Iterator<byte[]> pieces;
    private byte[] piece = NONE;
    private int at;
    private boolean closed;

    /// @param pieces any of them may be empty
    public PieceStream(Iterator<byte[]> pieces) {
        this.pieces = pieces;
    }

    @Override
    public int read() throws IOException {
        return advance() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, count);
        at += count;
        return count;
    }

    /// Makes no further piece.
    @Override
    public void close() {
        closed = true;
        pieces = Collections.emptyIterator();
        piece = NONE;
        at = 0;
    }

    /// Goes on to the next piece where one is read.
    ///
    /// @return false if nothing is left
    private boolean advance() throws IOException {
        if (closed) {
            throw new IOException("The stream is closed");
        }
        while (at == piece.length) {
            if (!pieces.hasNext()) {
                return false;
            }
            piece = pieces.next();
            at = 0;
        }
        return true;
    }
}
