package org.valise.platform.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// One request and its answer, as Jetty has them; everything above sees [Call] and [Reply].
///
/// It is the callback of its own answer: when that is sent, or has failed, the request is logged
/// and counted.
final class Exchange implements Callback {
    static final String UNMATCHED = "unmatched";

    /// What is logged when the client went away before the answer, as others do.
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Setting setting;
    private final String id;
    private final long arrival = System.currentTimeMillis();
    private @Nullable String ip;
    private volatile @Nullable Runnable wake;
    private String operation = UNMATCHED;
    private String template = UNMATCHED;
    private String callerName = "-";
    private int status;
    private long bytes;
    private volatile boolean cancelled;

    /// What all exchanges of a server have in common.
    record Setting(
            RequestIds ids,
            ClientAddress addresses,
            AccessLog log,
            RequestObserver observer,
            Draining draining,
            boolean cors,
            boolean gzip,
            long maxBody,
            Duration bodyGrace) {}

    Exchange(Request request, Response response, Callback callback, Setting setting) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.setting = setting;
        this.id = setting.ids.next();
        setting.draining.entered();
        // Logs and thread dumps show the name: a thread serves one request, and this costs less
        // than a map of its own.
        Thread.currentThread().setName(id);
    }

    String id() {
        return id;
    }

    long arrival() {
        return arrival;
    }

    String ip() {
        String known = ip;
        if (known == null) {
            known = setting.addresses.of(request);
            ip = known;
        }
        return known;
    }

    String method() {
        return request.getMethod();
    }

    /// The path as it was sent: not decoded, nothing folded or stripped.
    String rawPath() {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    @Nullable String rawQuery() {
        return request.getHttpURI().getQuery();
    }

    String rawPathAndQuery() {
        String query = rawQuery();
        return query == null ? rawPath() : rawPath() + "?" + query;
    }

    @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    List<String> headers(String name) {
        return request.getHeaders().getValuesList(name);
    }

    /// What the request says its body measures, 0 if it has none, -1 if it does not say.
    long declaredLength() {
        long length = request.getLength();
        boolean said =
                request.getConnectionMetaData().getHttpVersion().getVersion()
                                < HttpVersion.HTTP_2.getVersion()
                        && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
        return length < 0 && said ? 0 : length;
    }

    byte[] readBody(Route route) {
        return BodyReader.readAll(request, maxBody(route), setting.bodyGrace);
    }

    InputStream bodyStream(Route route) {
        return BodyReader.stream(request, maxBody(route), setting.bodyGrace);
    }

    /// How many bytes the body of a request for this route may have.
    long maxBody(Route route) {
        return route.maxBody().orElse(setting.maxBody);
    }

    void matched(Router.Target target) {
        operation = target.operation().route().operation();
        template = target.template();
    }

    String template() {
        return template;
    }

    void callerIs(String name) {
        callerName = name;
    }

    String callerName() {
        return callerName;
    }

    boolean isCommitted() {
        return response.isCommitted();
    }

    /// Forgets an answer of which nothing was sent yet.
    void reset() {
        response.reset();
    }

    boolean isCancelled() {
        return cancelled;
    }

    boolean isReleased() {
        return cancelled || setting.draining.isStarted();
    }

    void onRelease(Runnable action) {
        if (wake != null) {
            throw new IllegalStateException("a call has one who waits");
        }
        Runnable once = new Once(action);
        wake = once;
        // A long poll may be quiet for longer than a connection may be idle.
        request.addIdleTimeoutListener(timeout -> false);
        request.addFailureListener(failure -> {
            cancelled = true;
            once.run();
        });
        setting.draining.onStart(once);
    }

    /// Sends the answer; what the answer's sending ends with is told to [#succeeded()] or
    /// [#failed(Throwable)].
    void send(Reply answer) throws IOException {
        Reply reply = setting.gzip ? Compression.compressed(answer, request.getHeaders()) : answer;
        status = reply.status();
        bytes = Math.max(0, reply.length());
        response.setStatus(status);
        HttpFields.Mutable headers = response.getHeaders();
        if (setting.cors) {
            ResponseHeaders.addCors(headers);
        }
        headers.add(ResponseHeaders.contentType(reply.contentType()));
        headers.add(ResponseHeaders.REQUEST_ID, id);
        if (reply.length() >= 0) {
            headers.add(HttpHeader.CONTENT_LENGTH, reply.length());
        }
        if (setting.draining.isStarted()
                && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            headers.add(HttpFields.CONNECTION_CLOSE);
        }
        for (Reply.Header header : reply.headers()) {
            headers.add(header.name(), header.value());
        }
        ReplyWriter.write(reply, request, response, this);
    }

    /// Nobody is left to answer.
    void abandon(Throwable cause) {
        failed(cause);
    }

    @Override
    public void succeeded() {
        finished(status);
        callback.succeeded();
        setting.draining.left();
    }

    @Override
    public void failed(Throwable cause) {
        finished(CLIENT_CLOSED_REQUEST);
        callback.failed(cause);
        setting.draining.left();
    }

    private void finished(int outcome) {
        Runnable waiting = wake;
        if (waiting != null) {
            setting.draining.forget(waiting);
        }
        long nanos = System.nanoTime() - request.getBeginNanoTime();
        setting.observer.finished(operation, outcome, nanos, bytes);
        setting.log.finished(this, outcome, nanos, bytes);
    }

    private static final class Once implements Runnable {
        private final AtomicReference<@Nullable Runnable> action;

        Once(Runnable action) {
            this.action = new AtomicReference<>(action);
        }

        @Override
        public void run() {
            Runnable first = action.getAndSet(null);
            if (first != null) {
                first.run();
            }
        }
    }
}
