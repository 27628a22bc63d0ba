package org.valise.rooms.handshake;

import java.io.InputStream;
import java.util.Iterator;
import java.util.Objects;

/// An answer that is made while it is sent, piece by piece.
final class JsonPieces extends InputStream {
    private final Iterator<byte[]> pieces;
    private byte[] piece = {};
    private int at;

    JsonPieces(Iterator<byte[]> pieces) {
        this.pieces = pieces;
    }

    @Override
    public int read() {
        return next() ? piece[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!next()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, target, offset, count);
        at += count;
        return count;
    }

    /// Whether there is another byte.
    private boolean next() {
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
