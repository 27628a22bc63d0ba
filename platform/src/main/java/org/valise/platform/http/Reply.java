package org.valise.platform.http;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What an endpoint answers: a status, a body that is already bytes, and the headers that are
/// special to it.
///
/// A body is one array, several arrays one after another (stored bytes are passed on without being
/// joined), or a stream.
public final class Reply {
    static final String JSON = "application/json";
    private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.US_ASCII);
    private static final Reply EMPTY = json(EMPTY_OBJECT);

    private final int status;
    private final String contentType;
    private final List<byte[]> segments;
    private final @Nullable InputStream stream;
    private final long length;
    private final List<Header> headers;

    /// A header that only this answer has.
    record Header(String name, String value) {}

    private Reply(
            int status,
            String contentType,
            List<byte[]> segments,
            @Nullable InputStream stream,
            long length,
            List<Header> headers) {
        this.status = status;
        this.contentType = contentType;
        this.segments = segments;
        this.stream = stream;
        this.length = length;
        this.headers = headers;
    }

    /// 200 and a JSON object.
    public static Reply json(JsonObject object) {
        return json(Json.write(object));
    }

    /// 200 and JSON that is rendered already; the array is not copied and must not change.
    public static Reply json(byte[] rendered) {
        return bytes(200, JSON, rendered);
    }

    /// 200 and JSON in pieces, sent one after another; the arrays are not copied and must not
    /// change.
    public static Reply segments(List<byte[]> rendered) {
        long length = 0;
        for (byte[] segment : rendered) {
            length += segment.length;
        }
        return new Reply(200, JSON, rendered, null, length, List.of());
    }

    /// 200 and `{}`.
    public static Reply empty() {
        return EMPTY;
    }

    public static Reply status(int status, JsonObject object) {
        return bytes(status, JSON, Json.write(object));
    }

    public static Reply html(String html) {
        return bytes(200, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
    }

    public static Reply text(String text) {
        return bytes(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    public static Reply bytes(int status, String contentType, byte[] body) {
        return new Reply(status, contentType, List.of(body), null, body.length, List.of());
    }

    /// 302 to a location that the server has chosen or checked.
    public static Reply redirect(String location) {
        return bytes(302, "text/plain; charset=utf-8", new byte[0]).header("Location", location);
    }

    /// 200 and a stream, which is closed in the end.
    ///
    /// @param length how many bytes will come, or -1 if that is not known
    public static Reply stream(String contentType, InputStream stream, long length) {
        return new Reply(200, contentType, List.of(), stream, length, List.of());
    }

    /// The same answer with one header more.
    ///
    /// @throws IllegalArgumentException if the value would end the header
    public Reply header(String name, String value) {
        // SECURITY: a line break in a value would let whoever chose it write headers of their own.
        if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
            throw new IllegalArgumentException("control character in header " + name);
        }
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Reply(status, contentType, segments, stream, length, List.copyOf(more));
    }

    /// The same answer with another body.
    Reply withBody(byte[] body) {
        return new Reply(status, contentType, List.of(body), null, body.length, headers);
    }

    /// The same answer with another status.
    public Reply withStatus(int other) {
        return new Reply(other, contentType, segments, stream, length, headers);
    }

    public int status() {
        return status;
    }

    public String contentType() {
        return contentType;
    }

    /// How many bytes the body has, or -1 for a stream of unknown length.
    public long length() {
        return length;
    }

    List<byte[]> segments() {
        return segments;
    }

    @Nullable InputStream stream() {
        return stream;
    }

    List<Header> headers() {
        return headers;
    }
}
