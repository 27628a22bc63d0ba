package org.valise.platform.http;

import org.valise.protocol.json.JsonObject;

/// An endpoint of a test.
record TestEndpoint(Route route, Handling handling) implements Endpoint {
    interface Handling {
        Reply handle(Call call) throws Exception;
    }

    @Override
    public Reply handle(Call call) throws Exception {
        return handling.handle(call);
    }

    /// Open to anybody.
    static TestEndpoint open(Route.NeedsName route, Handling handling) {
        return new TestEndpoint(
                route.extension("test").auth(Auth.NONE).limit(RateLimit.PUBLIC), handling);
    }

    /// For whoever is signed in.
    static TestEndpoint signedIn(Route.NeedsName route, Handling handling) {
        return new TestEndpoint(
                route.extension("test").auth(Auth.ACCESS_TOKEN).limit(RateLimit.READ), handling);
    }

    /// Answers the parameter `name` as it was decoded.
    static TestEndpoint echo(String template) {
        return open(
                Route.get(template), call -> Reply.json(JsonObject.of("name", call.path("name"))));
    }
}
