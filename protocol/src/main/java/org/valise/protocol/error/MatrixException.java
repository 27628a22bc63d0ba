package org.valise.protocol.error;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.LinkedHashMap;
import java.util.Map;

/// A refusal as the protocol states it. Edges throw it; pure code returns refusals.
///
/// ```java
/// throw new MatrixException(M_LIMIT_EXCEEDED, "Too many requests").with("retry_after_ms", 2000);
/// ```
public final class MatrixException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String detail;
    private final transient Map<String, JsonValue> fields = new LinkedHashMap<>();
    private int status;

    /// @param detail a sentence for people, sent as `error`
    public MatrixException(ErrorCode code, String detail) {
        // An answer, not a fault: without the cost of a stack trace.
        super(code.errcode() + ": " + detail, null, false, false);
        this.code = code;
        this.detail = detail;
        this.status = code.status();
    }

    public ErrorCode code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    /// The HTTP status to answer with.
    public int status() {
        return status;
    }

    /// Sets another HTTP status than the usual one.
    public MatrixException status(int newStatus) {
        status = newStatus;
        return this;
    }

    /// Adds a field to the answer, its value anything that [JsonValue#of] takes.
    public MatrixException with(String key, @Nullable Object value) {
        fields.put(key, JsonValue.of(value));
        return this;
    }

    /// The body of the answer.
    public JsonObject json() {
        JsonObject.Builder body =
                JsonObject.builder().put("errcode", code.errcode()).put("error", detail);
        fields.forEach(body::put);
        return body.build();
    }
}
