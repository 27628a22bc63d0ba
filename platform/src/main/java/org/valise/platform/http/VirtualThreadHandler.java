package org.valise.platform.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// Sees to it that a handler runs on a virtual thread.
///
/// Jetty runs it on a platform thread after a TLS handshake without ALPN (Python, many bots),
/// whatever executor it is given; a few blocked long polls then take every thread it has.
final class VirtualThreadHandler extends Handler.Wrapper {
    private final Executor executor = Executors.newVirtualThreadPerTaskExecutor();

    VirtualThreadHandler(Handler handler) {
        super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (Thread.currentThread().isVirtual()) {
            return super.handle(request, response, callback);
        }
        executor.execute(() -> {
            try {
                if (!super.handle(request, response, callback)) {
                    Response.writeError(request, response, callback, 404);
                }
            } catch (Throwable failure) {
                Response.writeError(request, response, callback, failure);
            }
        });
        return true;
    }
}
