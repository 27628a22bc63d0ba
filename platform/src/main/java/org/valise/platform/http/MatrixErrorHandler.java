package org.valise.platform.http;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.nio.ByteBuffer;

/// The answers that Jetty makes itself (a request that is no HTTP, headers too large, a stop under
/// way), as Matrix JSON with CORS headers like every other answer.
final class MatrixErrorHandler extends ErrorHandler {
    private final boolean cors;

    MatrixErrorHandler(boolean cors) {
        this.cors = cors;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object cause = request.getAttribute(ERROR_EXCEPTION);
        if (cause instanceof HttpException bad) {
            response.setStatus(bad.getCode());
        }
        byte[] body = body(response.getStatus());
        HttpFields.Mutable headers = response.getHeaders();
        headers.remove(HttpHeader.CONTENT_TYPE);
        headers.remove(HttpHeader.CONTENT_LENGTH);
        if (cors) {
            ResponseHeaders.addCors(headers);
        }
        headers.add(ResponseHeaders.contentType(Reply.JSON));
        headers.add(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    @Override
    public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
        if (cors) {
            ResponseHeaders.addCors(fields);
        }
        fields.add(ResponseHeaders.contentType(Reply.JSON));
        return ByteBuffer.wrap(body(status));
    }

    private static byte[] body(int status) {
        ErrorCode code =
                switch (status) {
                    case 404, 405, 501 -> ErrorCode.M_UNRECOGNIZED;
                    case 413, 414, 431 -> ErrorCode.M_TOO_LARGE;
                    case 429 -> ErrorCode.M_LIMIT_EXCEEDED;
                    default -> ErrorCode.M_UNKNOWN;
                };
        String message =
                switch (status) {
                    case 413, 414, 431 -> "The request is too large";
                    case 503 -> "The server is stopping";
                    default -> status < 500 ? "Malformed request" : "Internal server error";
                };
        return Json.write(JsonObject.of("errcode", code.errcode(), "error", message));
    }
}
