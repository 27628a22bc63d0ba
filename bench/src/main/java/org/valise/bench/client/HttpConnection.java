package org.valise.bench.client;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/// One kept-alive HTTP/1.1 connection: one request, its answer, the next request.
final class HttpConnection implements Closeable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int BUFFER = 16 * 1024;
    private static final int LONGEST_LINE = 64 * 1024;

    private final Socket socket = new Socket();
    private final InputStream in;
    private byte[] buffer = new byte[BUFFER];
    private int next;
    private int end;
    private boolean reusable = true;

    HttpConnection(InetSocketAddress server) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(server, (int) CONNECT.toMillis());
        in = socket.getInputStream();
    }

    /// Whether another request may follow.
    boolean isReusable() {
        return reusable;
    }

    /// @param patience how long the server may be silent
    HttpAnswer exchange(byte[] request, Duration patience) throws IOException {
        boolean whole = false;
        try {
            socket.setSoTimeout((int) patience.toMillis());
            send(request);
            HttpAnswer answer = read();
            whole = true;
            return answer;
        } finally {
            reusable &= whole;
        }
    }

    private void send(byte[] request) throws IOException {
        try {
            socket.getOutputStream().write(request);
            if (next == end && !fill()) {
                throw new ConnectionLost("the server closed the connection");
            }
        } catch (SocketException e) {
            throw new ConnectionLost(String.valueOf(e.getMessage()));
        }
    }

    private HttpAnswer read() throws IOException {
        String first = line();
        if (!first.startsWith("HTTP/1.1 ") || first.length() < 12) {
            throw new IOException("this is no HTTP/1.1 answer: " + first);
        }
        int status = Integer.parseInt(first, 9, 12, 10);
        int length = 0;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            String value = header.substring(colon + 1).strip();
            switch (header.substring(0, Math.max(colon, 0)).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "connection" -> reusable &= !value.equalsIgnoreCase("close");
                default -> {}
            }
        }
        return new HttpAnswer(status, chunked ? chunks() : bytes(length));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream(BUFFER);
        while (true) {
            String head = line();
            int extension = head.indexOf(';');
            int size = Integer.parseInt(extension < 0 ? head : head.substring(0, extension), 16);
            if (size == 0) {
                break;
            }
            whole.writeBytes(bytes(size));
            line();
        }
        while (!line().isEmpty()) {
            // trailers mean nothing here
        }
        return whole.toByteArray();
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        int had = Math.min(length, end - next);
        System.arraycopy(buffer, next, bytes, 0, had);
        next += had;
        if (in.readNBytes(bytes, had, length - had) < length - had) {
            throw new IOException("the answer ends in its middle");
        }
        return bytes;
    }

    private String line() throws IOException {
        int from = 0;
        while (true) {
            for (int at = next + from; at < end; at++) {
                if (buffer[at] == '\n') {
                    int last = at > next && buffer[at - 1] == '\r' ? at - 1 : at;
                    String line =
                            new String(buffer, next, last - next, StandardCharsets.ISO_8859_1);
                    next = at + 1;
                    return line;
                }
            }
            from = end - next;
            if (from > LONGEST_LINE || !fill()) {
                throw new IOException("the answer's head does not end");
            }
        }
    }

    /// Reads what is there, behind what is not consumed yet.
    private boolean fill() throws IOException {
        if (next > 0) {
            System.arraycopy(buffer, next, buffer, 0, end - next);
            end -= next;
            next = 0;
        }
        if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = in.read(buffer, end, buffer.length - end);
        end += Math.max(read, 0);
        return read > 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
