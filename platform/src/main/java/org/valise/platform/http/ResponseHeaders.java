package org.valise.platform.http;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The headers every answer has, encoded once.
final class ResponseHeaders {
    static final String REQUEST_ID = "X-Request-Id";

    /// Spec: client-server API, "Web Browser Clients": *supply CORS headers on all requests*.
    private static final HttpField ALLOW_ORIGIN =
            new PreEncodedHttpField(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, "*");

    private static final HttpField ALLOW_METHODS =
            new PreEncodedHttpField(
                    HttpHeader.ACCESS_CONTROL_ALLOW_METHODS,
                    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    private static final HttpField ALLOW_HEADERS =
            new PreEncodedHttpField(
                    HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS,
                    "X-Requested-With, Content-Type, Authorization");
    private static final HttpField EXPOSE_HEADERS =
            new PreEncodedHttpField(
                    HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After, " + REQUEST_ID);

    private static final int MOST_KNOWN = 64;
    private static final Map<String, HttpField> CONTENT_TYPES = new ConcurrentHashMap<>();

    private ResponseHeaders() {}

    static void addCors(HttpFields.Mutable headers) {
        headers.add(ALLOW_ORIGIN).add(ALLOW_METHODS).add(ALLOW_HEADERS).add(EXPOSE_HEADERS);
    }

    static HttpField contentType(String type) {
        HttpField known = CONTENT_TYPES.get(type);
        if (known != null) {
            return known;
        }
        HttpField field = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, type);
        if (CONTENT_TYPES.size() < MOST_KNOWN) {
            CONTENT_TYPES.put(type, field);
        }
        return field;
    }
}
