package org.valise.platform.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Compresses answers for clients that ask for it.
final class Compression {
    /// Below it the gain is not worth the work.
    private static final int LEAST = 1024;

    private Compression() {}

    static Reply compressed(Reply reply, HttpFields request) throws IOException {
        if (reply.length() < LEAST || !isText(reply.contentType()) || !accepted(request)) {
            return reply;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) (reply.length() / 4));
        try (OutputStream gzip = new QuickGzip(bytes)) {
            for (byte[] segment : reply.segments()) {
                gzip.write(segment);
            }
        }
        return reply.withBody(bytes.toByteArray())
                .header("Content-Encoding", "gzip")
                .header("Vary", "Accept-Encoding");
    }

    private static boolean isText(String contentType) {
        return contentType.startsWith(Reply.JSON) || contentType.startsWith("text/");
    }

    private static boolean accepted(HttpFields request) {
        for (String coding : request.getQualityCSV(HttpHeader.ACCEPT_ENCODING)) {
            if (coding.equals("gzip") || coding.equals("*")) {
                return true;
            }
        }
        return false;
    }

    private static final class QuickGzip extends GZIPOutputStream {
        QuickGzip(OutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
