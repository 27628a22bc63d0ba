package org.valise.platform.http;

import org.eclipse.jetty.io.QuietException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

import java.io.EOFException;
import java.nio.channels.ClosedChannelException;

/// The one mapper from failures to answers.
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger("org.valise.failures");

    private Failures() {}

    static Reply reply(MatrixException refusal) {
        JsonObject json = refusal.json();
        Reply reply = Reply.status(refusal.status(), json);
        return json.integer("retry_after_ms")
                .map(millis -> reply.header("Retry-After", Long.toString((millis + 999) / 1000)))
                .orElse(reply);
    }

    /// Anything that is no [MatrixException] is our fault: logged once, with the request's id and
    /// nothing of its content.
    static Reply unexpected(Exchange exchange, Throwable failure) {
        LOG.error(
                "{} {} failed, request={}",
                exchange.method(),
                exchange.template(),
                exchange.id(),
                failure);
        return error(500, ErrorCode.M_UNKNOWN, "Internal server error, request " + exchange.id());
    }

    static Reply error(int status, ErrorCode code, String message) {
        return reply(new MatrixException(code, message).status(status));
    }

    /// Whether a handler failed because its client went away while the request was read.
    static boolean isClientGone(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClientGone) {
                return true;
            }
        }
        return false;
    }

    /// Whether sending an answer failed because there was nobody to read it. Not for what a handler
    /// throws: there a closed connection is one of its own.
    static boolean isDisconnect(Throwable failure) {
        return failure instanceof QuietException
                || failure instanceof EOFException
                || failure instanceof ClosedChannelException;
    }
}
