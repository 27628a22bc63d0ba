package org.valise.platform.http;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// One request, as an endpoint sees it: matched, authenticated, within its limits, its body read.
public final class Call {
    private static final byte[] NO_BYTES = {};

    private final Exchange exchange;
    private final Router.Target target;
    private final List<String> parameters;
    private final QueryString query;
    private byte[] bytes = NO_BYTES;
    private @Nullable JsonObject json;
    private @Nullable Caller caller;
    private @Nullable ServerName origin;

    Call(Exchange exchange, Router.Target target, List<String> rawParameters) {
        this.exchange = exchange;
        this.target = target;
        this.query = new QueryString(exchange.rawQuery());
        this.parameters = decode(rawParameters);
    }

    private static List<String> decode(List<String> raw) {
        if (raw.isEmpty()) {
            return raw;
        }
        List<String> decoded = new ArrayList<>(raw.size());
        for (String segment : raw) {
            decoded.add(PercentCoding.decodeSegment(segment, 0, segment.length()));
        }
        return decoded;
    }

    /// A parameter of the path, percent-decoded; the empty string if the path it came by does not
    /// have it.
    public String path(String name) {
        int at = target.names().indexOf(name);
        if (at >= 0) {
            return parameters.get(at);
        }
        if (target.operation().route().template().contains("{" + name + "}")) {
            return "";
        }
        throw new IllegalArgumentException(
                target.operation().route() + " has no parameter " + name);
    }

    /// A parameter of the path read by a strict parser, whose refusal is `M_INVALID_PARAM`.
    public <T> T path(String name, Function<String, T> parser) {
        return Parsing.parse(name, path(name), parser);
    }

    /// The first value of a query parameter.
    public Optional<String> query(String name) {
        return query.first(name);
    }

    /// The first value of a query parameter read by a strict parser, whose refusal is
    /// `M_INVALID_PARAM`.
    public <T> Optional<T> query(String name, Function<String, T> parser) {
        return query.first(name).map(text -> Parsing.parse(name, text, parser));
    }

    /// Every value of a query parameter that may be given more than once.
    public List<String> queries(String name) {
        return query.all(name);
    }

    /// A query parameter that the operation cannot do without.
    ///
    /// @throws MatrixException `M_MISSING_PARAM`
    public String requiredQuery(String name) {
        return query.first(name)
                .orElseThrow(() ->
                        new MatrixException(
                                        ErrorCode.M_MISSING_PARAM,
                                        "Missing query parameter: " + name)
                                .status(400));
    }

    /// An integer in the query.
    ///
    /// @throws MatrixException `M_INVALID_PARAM` if it is something else
    public Optional<Long> integerQuery(String name) {
        return query(name, Long::valueOf);
    }

    /// `true` or `false` in the query.
    ///
    /// @throws MatrixException `M_INVALID_PARAM` if it is something else
    public Optional<Boolean> boolQuery(String name) {
        return query(
                name,
                text ->
                        switch (text) {
                            case "true" -> true;
                            case "false" -> false;
                            default -> throw new IllegalArgumentException("neither true nor false");
                        });
    }

    /// The first header of that name.
    public Optional<String> header(String name) {
        return Optional.ofNullable(exchange.header(name));
    }

    /// The body as a JSON object.
    ///
    /// @throws MatrixException `M_NOT_JSON`, or `M_BAD_JSON` if it is JSON but no object
    public JsonObject jsonBody() {
        JsonObject known = json;
        if (known == null) {
            known = parse(bytes);
            json = known;
        }
        return known;
    }

    /// The body as a JSON object; an empty body is an empty object, as many clients have it.
    public JsonObject jsonBodyOrEmpty() {
        return bytes.length == 0 ? JsonObject.of() : jsonBody();
    }

    /// The body, to be read field by field.
    public Body body() {
        return Body.of(jsonBody());
    }

    /// The body, to be read field by field; an empty body is an empty object, as many clients have
    /// it.
    public Body bodyOrEmpty() {
        return Body.of(jsonBodyOrEmpty());
    }

    /// The body as it came.
    public byte[] bytes() {
        return bytes;
    }

    /// The body of a route that is [Route#streamed()]; ends with `M_TOO_LARGE` where the route's
    /// size ends.
    public InputStream stream() {
        return exchange.bodyStream(target.operation().route());
    }

    /// Who calls.
    ///
    /// @throws MatrixException `M_MISSING_TOKEN` if the route lets anybody in and nobody is signed
    ///   in
    public Caller caller() {
        return optionalCaller()
                .orElseThrow(() ->
                        new MatrixException(ErrorCode.M_MISSING_TOKEN, "Missing access token")
                                .status(401));
    }

    /// Who calls, if somebody is signed in.
    public Optional<Caller> optionalCaller() {
        return Optional.ofNullable(caller);
    }

    /// The access token the call came with; for what must know the token itself, such as a logout.
    public Optional<String> accessToken() {
        return AccessToken.of(exchange, query);
    }

    /// The server that signed the request, on a route with [Auth#SERVER_SIGNATURE].
    public ServerName origin() {
        if (origin == null) {
            throw new IllegalStateException(
                    target.operation().route() + " is not authenticated by a server's signature");
        }
        return origin;
    }

    /// What identifies this request if it is sent again, on a route with [Replay#TRANSACTION].
    public TransactionKey transaction() {
        if (target.operation().route().replay() != Replay.TRANSACTION) {
            throw new IllegalStateException(
                    target.operation().route() + " declares no replay protection");
        }
        return TransactionKey.of(
                caller().session(), target.operation().route().template(), parameters);
    }

    /// The address it comes from; that of the client, where a trusted proxy says so.
    public String ip() {
        return exchange.ip();
    }

    /// The client's name for itself, for lists of devices.
    public String userAgent() {
        return header("User-Agent").orElse("");
    }

    /// How this request is called in the log and in the answer's `X-Request-Id`.
    public String requestId() {
        return exchange.id();
    }

    /// When it arrived, in milliseconds since 1970.
    public long arrival() {
        return exchange.arrival();
    }

    /// Whether the client has gone away, as far as that is known: HTTP/2 says so, of an HTTP/1.1
    /// client it is only seen when it is answered.
    public boolean cancelled() {
        return exchange.isCancelled();
    }

    /// Whether waiting is pointless: the client has gone away, or the server is about to stop.
    public boolean released() {
        return exchange.isReleased();
    }

    /// Runs `wake` once, from any thread, as soon as the call is [#released()] (at once if it is
    /// already). A long poll uses it to wake its own thread. It must not block.
    public void onRelease(Runnable wake) {
        exchange.onRelease(wake);
    }

    QueryString query() {
        return query;
    }

    void callerIs(Caller authenticated) {
        this.caller = authenticated;
        exchange.callerIs(authenticated.user().value());
    }

    void originIs(ServerName authenticated) {
        this.origin = authenticated;
        exchange.callerIs(authenticated.value());
    }

    void bodyIs(byte[] read) {
        this.bytes = read;
    }

    private static JsonObject parse(byte[] bytes) {
        JsonValue value;
        try {
            value = Json.parse(bytes);
        } catch (JsonException e) {
            throw new MatrixException(ErrorCode.M_NOT_JSON, "Content not JSON: " + e.getMessage())
                    .status(400);
        }
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new MatrixException(ErrorCode.M_BAD_JSON, "Content must be a JSON object")
                .status(400);
    }
}
