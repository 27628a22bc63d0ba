package org.valise.platform.http;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/// Writes the body of a [Reply].
///
/// One small array goes out as it is. Everything else is gathered into pooled buffers outside the
/// heap, which is the copy that the JDK would otherwise make for the socket; segments are never
/// joined on the heap.
final class ReplyWriter {
    private static final int PIECE = 64 * 1024;

    private ReplyWriter() {}

    /// The last write completes the callback; earlier ones wait for the client.
    static void write(Reply reply, Request request, Response response, Callback callback)
            throws IOException {
        InputStream stream = reply.stream();
        if (stream != null) {
            pump(stream, response, callback);
            return;
        }
        List<byte[]> segments = reply.segments();
        if (segments.size() == 1 && segments.getFirst().length <= PIECE) {
            response.write(true, ByteBuffer.wrap(segments.getFirst()), callback);
        } else if (reply.length() == 0) {
            response.write(true, BufferUtil.EMPTY_BUFFER, callback);
        } else {
            gather(segments, reply.length(), request, response, callback);
        }
    }

    private static void gather(
            List<byte[]> segments,
            long length,
            Request request,
            Response response,
            Callback callback)
            throws IOException {
        RetainableByteBuffer pooled = acquire(request, (int) Math.min(length, PIECE));
        boolean handedOver = false;
        try {
            ByteBuffer piece = pooled.getByteBuffer();
            BufferUtil.clearToFill(piece);
            long left = length;
            for (byte[] segment : segments) {
                int from = 0;
                while (from < segment.length) {
                    int count = Math.min(segment.length - from, piece.remaining());
                    piece.put(segment, from, count);
                    from += count;
                    left -= count;
                    if (!piece.hasRemaining() && left > 0) {
                        Content.Sink.write(response, false, piece.flip());
                        BufferUtil.clearToFill(piece);
                    }
                }
            }
            handedOver = true;
            response.write(true, piece.flip(), releasing(pooled, callback));
        } finally {
            if (!handedOver) {
                pooled.release();
            }
        }
    }

    private static void pump(InputStream stream, Response response, Callback callback)
            throws IOException {
        try (stream) {
            byte[] bytes = new byte[PIECE];
            for (int count = stream.read(bytes); count >= 0; count = stream.read(bytes)) {
                Content.Sink.write(response, false, ByteBuffer.wrap(bytes, 0, count));
            }
        }
        response.write(true, BufferUtil.EMPTY_BUFFER, callback);
    }

    private static RetainableByteBuffer acquire(Request request, int size) {
        return request.getComponents().getByteBufferPool().acquire(size, true);
    }

    private static Callback releasing(RetainableByteBuffer pooled, Callback callback) {
        return Callback.from(callback, pooled::release);
    }
}
