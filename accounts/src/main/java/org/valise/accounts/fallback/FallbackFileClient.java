package org.valise.accounts.fallback;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The scripts and styles of the pages.
public final class FallbackFileClient implements Endpoint {
    static final String AUTH = "auth.js";
    static final String LOGIN = "login.js";
    private static final List<String> FILES = List.of(AUTH, LOGIN, "page.css");

    private final Map<String, Reply> files = new LinkedHashMap<>();

    public FallbackFileClient() {
        FILES.forEach(name -> files.put(name, file(name)));
    }

    private static Reply file(String name) {
        String type = name.endsWith(".js") ? "text/javascript" : "text/css";
        try (InputStream content = FallbackFileClient.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return Reply.bytes(200, type + "; charset=utf-8", content.readAllBytes())
                    .header("X-Content-Type-Options", "nosniff")
                    .header("Cache-Control", "public, max-age=3600");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/static/client/fallback/{file}")
                .extension("fallbackFile")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        Reply file = files.get(call.path("file"));
        if (file == null) {
            throw new MatrixException(ErrorCode.M_NOT_FOUND, "No such file");
        }
        return file;
    }
}
