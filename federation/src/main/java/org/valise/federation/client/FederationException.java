package org.valise.federation.client;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// A request to another server that did not get what it asked for.
public final class FederationException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Why not.
    public enum Reason {
        /// The server may not federate with this one, or is where requests may not go to.
        NOT_ALLOWED,
        /// It did not answer lately, and is left in peace for a while.
        RESTING,
        /// It did not answer, not in time, or not as who it is.
        UNREACHABLE,
        /// It answered what cannot be taken: no JSON object, or too long.
        UNUSABLE,
        /// It refused.
        REFUSED
    }

    private final Reason reason;
    private final int status;
    private final transient @Nullable JsonObject answer;

    FederationException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.status = 0;
        this.answer = null;
    }

    FederationException(String message, int status, @Nullable JsonObject answer) {
        super(message);
        this.reason = Reason.REFUSED;
        this.status = status;
        this.answer = answer;
    }

    public Reason reason() {
        return reason;
    }

    /// The HTTP status of a refusal; 0 where there was no answer.
    public int status() {
        return status;
    }

    /// The `errcode` of a refusal.
    public Optional<String> errcode() {
        return answer().flatMap(json -> json.string("errcode"));
    }

    /// The refusal's body, where it is a JSON object.
    public Optional<JsonObject> answer() {
        return Optional.ofNullable(answer);
    }

    /// As a client of this server is told of it where nothing better is to be said.
    public MatrixException forClient() {
        return switch (reason) {
            case NOT_ALLOWED ->
                    new MatrixException(ErrorCode.M_FORBIDDEN, String.valueOf(getMessage()))
                            .status(403);
            case RESTING, UNREACHABLE, UNUSABLE, REFUSED ->
                    new MatrixException(ErrorCode.M_UNKNOWN, String.valueOf(getMessage()))
                            .status(502);
        };
    }
}
