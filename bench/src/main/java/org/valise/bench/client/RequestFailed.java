package org.valise.bench.client;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;

/// The server answered, and it was a refusal.
public final class RequestFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient JsonObject body;

    RequestFailed(HttpAnswer answer) {
        this(answer.status(), bodyOf(answer));
    }

    private RequestFailed(int status, JsonObject body) {
        super(
                "HTTP %d %s %s"
                        .formatted(
                                status,
                                body.string("errcode").orElse("without errcode"),
                                body.string("error").orElse("")));
        this.status = status;
        this.body = body;
    }

    private static JsonObject bodyOf(HttpAnswer answer) {
        try {
            return Json.parseObject(answer.body());
        } catch (JsonException e) {
            return JsonObject.of("error", answer.text());
        }
    }

    public int status() {
        return status;
    }

    JsonObject body() {
        return body;
    }
}
