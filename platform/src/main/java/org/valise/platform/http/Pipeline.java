package org.valise.platform.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// What happens to every request, in this order: match → size → IP limit → authenticate → standing
/// → caller limit → replay → decode → handle → encode → log.
final class Pipeline extends Handler.Abstract {
    private static final Duration WAIT_FOR_ROOM = Duration.ofSeconds(10);

    private final Router router;
    private final HttpPorts ports;
    private final Exchange.Setting setting;
    private final SignedBodies signedBodies = new SignedBodies(WAIT_FOR_ROOM);

    Pipeline(Router router, HttpPorts ports, Exchange.Setting setting) {
        this.router = router;
        this.ports = ports;
        this.setting = setting;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback, setting);
        try {
            send(exchange, answer(exchange));
        } catch (MatrixException refusal) {
            send(exchange, Failures.reply(refusal));
        } catch (Throwable failure) {
            if (Failures.isClientGone(failure)) {
                exchange.abandon(failure);
            } else {
                send(exchange, Failures.unexpected(exchange, failure));
            }
        }
        return true;
    }

    private static void send(Exchange exchange, Reply reply) {
        try {
            exchange.send(reply);
        } catch (IOException | RuntimeException failure) {
            if (Failures.isDisconnect(failure)) {
                exchange.abandon(failure);
            } else if (exchange.isCommitted()) {
                // What was to be streamed could not be read to its end: the client sees that it is
                // cut off.
                Failures.unexpected(exchange, failure);
                exchange.abandon(failure);
            } else {
                exchange.reset();
                send(exchange, Failures.unexpected(exchange, failure));
            }
        }
    }

    private Reply answer(Exchange exchange) throws Exception {
        if (exchange.method().equals("OPTIONS")) {
            // Spec: "the server MUST NOT perform any logic defined for the endpoints when
            // approached with OPTIONS".
            return PREFLIGHT;
        }
        return switch (router.find(exchange.method(), exchange.rawPath())) {
            case Router.Found.Match(Router.Target target, List<String> parameters) -> {
                exchange.matched(target);
                yield handle(exchange, target, parameters);
            }
            case Router.Found.OtherMethod(String allowed) ->
                    Failures.error(405, ErrorCode.M_UNRECOGNIZED, "Unrecognized method")
                            .header("Allow", allowed);
            case Router.Found.Nothing() ->
                    Failures.error(404, ErrorCode.M_UNRECOGNIZED, "Unrecognized request");
        };
    }

    private static final Reply PREFLIGHT = Reply.empty().header("Access-Control-Max-Age", "86400");

    private Reply handle(Exchange exchange, Router.Target target, List<String> parameters)
            throws Exception {
        Route route = target.operation().route();
        checkSize(exchange, route);
        RateLimit.Key key = route.limit().key();
        if (key == RateLimit.Key.IP || key == RateLimit.Key.CHOSEN) {
            checkLimit(route, ClientAddress.limitKey(exchange.ip()));
        }
        Call call = new Call(exchange, target, parameters);
        if (route.auth() == Auth.SERVER_SIGNATURE) {
            ports.servers().expect(exchange.headers("Authorization"));
            try (SignedBodies.Room _ =
                    signedBodies.take(
                            ClientAddress.limitKey(exchange.ip()), mostBytes(exchange, route))) {
                return handle(call, exchange, target);
            }
        }
        return handle(call, exchange, target);
    }

    private static long mostBytes(Exchange exchange, Route route) {
        long declared = exchange.declaredLength();
        return declared < 0 ? exchange.maxBody(route) : declared;
    }

    private Reply handle(Call call, Exchange exchange, Router.Target target) throws Exception {
        Route route = target.operation().route();
        authenticate(call, exchange, route);
        checkStanding(call, route);
        checkCallerLimit(call, exchange, route);
        if (!route.isStreamed() && route.auth() != Auth.SERVER_SIGNATURE) {
            call.bodyIs(exchange.readBody(route));
        }
        return target.operation().endpoint().handle(call);
    }

    private static void checkSize(Exchange exchange, Route route) {
        if (exchange.declaredLength() > exchange.maxBody(route)) {
            throw BodyReader.tooLarge();
        }
    }

    private void checkLimit(Route route, Object key) {
        ports.limits().check(route, key);
    }

    private void authenticate(Call call, Exchange exchange, Route route) {
        switch (route.auth()) {
            case NONE -> {}
            case ACCESS_TOKEN ->
                    call.callerIs(
                            authenticated(
                                    call,
                                    call.accessToken()
                                            .orElseThrow(() ->
                                                    new MatrixException(
                                                                    ErrorCode.M_MISSING_TOKEN,
                                                                    "Missing access token")
                                                            .status(401))));
            case OPTIONAL ->
                    call.accessToken()
                            .ifPresent(token -> call.callerIs(authenticated(call, token)));
            case SERVER_SIGNATURE -> {
                // The signature covers the body: here it is read first.
                call.bodyIs(exchange.readBody(route));
                call.originIs(
                        ports.servers()
                                .authenticate(
                                        new SignedRequest(
                                                exchange.method(),
                                                exchange.rawPathAndQuery(),
                                                exchange.headers("Authorization"),
                                                call.bytes().length == 0
                                                        ? null
                                                        : call.jsonBody())));
            }
        }
    }

    private Caller authenticated(Call call, String token) {
        IdentityAssertion assertion =
                new IdentityAssertion(call.query("user_id"), call.query("device_id"));
        Caller caller =
                assertion.isEmpty()
                        ? ports.authenticator().authenticate(token)
                        : ports.authenticator().authenticate(token, assertion);
        ports.authenticator().seen(caller, call.ip(), call.userAgent());
        return caller;
    }

    private static void checkStanding(Call call, Route route) {
        call.optionalCaller()
                .ifPresent(caller -> {
                    if (caller.guest() && !route.allowsGuests()) {
                        throw new MatrixException(
                                        ErrorCode.M_GUEST_ACCESS_FORBIDDEN,
                                        "Guests may not do this")
                                .status(403);
                    }
                    if (caller.state() == AccountState.LOCKED && route.standing() != Standing.ANY) {
                        // Spec: "servers MUST return a 401 … M_USER_LOCKED error code and
                        // soft_logout set to true".
                        throw new MatrixException(
                                        ErrorCode.M_USER_LOCKED, "This account has been locked")
                                .status(401)
                                .with("soft_logout", true);
                    }
                    if (caller.state() == AccountState.SUSPENDED
                            && route.standing() == Standing.ACTIVE) {
                        throw new MatrixException(
                                        ErrorCode.M_USER_SUSPENDED,
                                        "This account has been suspended")
                                .status(403);
                    }
                });
    }

    private void checkCallerLimit(Call call, Exchange exchange, Route route) {
        switch (route.limit().key()) {
            case IP, CHOSEN -> {}
            case SERVER -> checkLimit(route, exchange.callerName());
            case CALLER -> {
                Caller caller = call.optionalCaller().orElse(null);
                if (caller == null) {
                    checkLimit(route, ClientAddress.limitKey(exchange.ip()));
                } else if (!caller.unlimited()) {
                    checkLimit(route, caller.userNumber());
                }
            }
        }
    }
}
