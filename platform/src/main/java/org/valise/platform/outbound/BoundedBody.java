package org.valise.platform.outbound;

import org.valise.platform.outbound.OutboundException.Reason;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// A body that ends with a failure where it becomes too large.
final class BoundedBody extends InputStream {
    private final InputStream body;
    private final long most;
    private long seen;

    BoundedBody(InputStream body, long most) {
        this.body = body;
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
        int count = body.read(target, offset, length);
        if (count > 0) {
            seen += count;
            if (seen > most) {
                throw new OutboundException(
                        Reason.TOO_LARGE, "the answer is longer than " + most + " bytes", null);
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
