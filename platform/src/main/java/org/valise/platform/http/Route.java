package org.valise.platform.http;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What an operation declares: method, path, name, authentication, standing, limit, replay
/// protection.
///
/// A route without [NeedsAuth#auth] and [NeedsLimit#limit] does not compile. What follows the limit
/// is optional. A path is a template: `{roomId}` stands for one raw segment, which
/// [Call#path(String)] gives percent-decoded.
public final class Route {
    /// The methods an operation can have.
    public enum Method {
        GET,
        PUT,
        POST,
        DELETE,
        PATCH
    }

    private final Method method;
    private final String operation;
    private final boolean specified;
    private final Auth auth;
    private final Standing standing;
    private final RateLimit limit;
    // Set only on a copy that nobody else has seen yet.
    private List<String> templates;
    private Replay replay = Replay.NONE;
    private OptionalLong maxBody = OptionalLong.empty();
    private boolean guests;
    private boolean streamed;

    private Route(NeedsLimit declared, RateLimit limit) {
        NeedsAuth unguarded = declared.unguarded;
        this.method = unguarded.unnamed.method;
        this.templates = List.of(unguarded.unnamed.template);
        this.operation = unguarded.operation;
        this.specified = unguarded.specified;
        this.auth = declared.auth;
        this.standing = declared.standing;
        this.limit = limit;
    }

    private Route(Route other) {
        this.method = other.method;
        this.operation = other.operation;
        this.specified = other.specified;
        this.auth = other.auth;
        this.standing = other.standing;
        this.limit = other.limit;
        this.templates = other.templates;
        this.replay = other.replay;
        this.maxBody = other.maxBody;
        this.guests = other.guests;
        this.streamed = other.streamed;
    }

    public static NeedsName get(String template) {
        return new NeedsName(Method.GET, template);
    }

    public static NeedsName put(String template) {
        return new NeedsName(Method.PUT, template);
    }

    public static NeedsName post(String template) {
        return new NeedsName(Method.POST, template);
    }

    public static NeedsName delete(String template) {
        return new NeedsName(Method.DELETE, template);
    }

    public static NeedsName patch(String template) {
        return new NeedsName(Method.PATCH, template);
    }

    /// A route that has no name yet.
    public record NeedsName(Method method, String template) {
        /// The `operationId` of the specification.
        public NeedsAuth spec(String operationId) {
            return new NeedsAuth(this, operationId, true);
        }

        /// A name of our own, for an operation that the specification does not have.
        public NeedsAuth extension(String name) {
            return new NeedsAuth(this, name, false);
        }
    }

    /// A route that does not say yet who may call it.
    public record NeedsAuth(NeedsName unnamed, String operation, boolean specified) {
        public NeedsLimit auth(Auth auth) {
            return new NeedsLimit(this, auth, Standing.ACTIVE);
        }
    }

    /// A route that does not say yet how often it may be called.
    public record NeedsLimit(NeedsAuth unguarded, Auth auth, Standing standing) {
        /// [Standing#ACTIVE] unless said otherwise.
        public NeedsLimit standing(Standing wanted) {
            return new NeedsLimit(unguarded, auth, wanted);
        }

        public Route limit(RateLimit limit) {
            return new Route(this, limit);
        }
    }

    /// Protects against doing it twice; needs an access token and a `{txnId}` in the path.
    public Route replay(Replay wanted) {
        if (wanted == Replay.TRANSACTION
                && (auth != Auth.ACCESS_TOKEN || !template().contains("{txnId}"))) {
            throw new IllegalArgumentException(
                    operation + ": TRANSACTION needs an access token and {txnId} in " + template());
        }
        Route route = new Route(this);
        route.replay = wanted;
        return route;
    }

    /// How many bytes the body may measure, where that is not what the server's configuration says.
    public Route maxBody(long bytes) {
        Route route = new Route(this);
        route.maxBody = OptionalLong.of(bytes);
        return route;
    }

    /// Guest accounts may call it. Spec: client-server API, "Guest Access".
    public Route guests() {
        Route route = new Route(this);
        route.guests = true;
        return route;
    }

    /// The body is not read ahead: the handler takes it from [Call#stream()].
    public Route streamed() {
        Route route = new Route(this);
        route.streamed = true;
        return route;
    }

    /// The same operation at further paths (unstable prefixes, older versions). A parameter that
    /// such a path lacks reads as the empty string.
    public Route alsoAt(String... more) {
        List<String> all = new ArrayList<>(templates);
        all.addAll(List.of(more));
        Route route = new Route(this);
        route.templates = List.copyOf(all);
        return route;
    }

    /// Every `/v3/` path of this route is also answered at `/r0/`, for older clients.
    public Route legacy() {
        return alsoAt(
                templates.stream()
                        .filter(template -> template.contains("/v3/"))
                        .map(template -> template.replaceFirst("/v3/", "/r0/"))
                        .toArray(String[]::new));
    }

    public Method method() {
        return method;
    }

    /// The path it is known by.
    public String template() {
        return templates.getFirst();
    }

    /// Every path it answers at, the one it is known by first.
    public List<String> templates() {
        return templates;
    }

    /// The operation's name, as metrics show it.
    public String operation() {
        return operation;
    }

    /// Whether the operation's name is one of the specification's.
    public boolean isSpecified() {
        return specified;
    }

    public Auth auth() {
        return auth;
    }

    public Standing standing() {
        return standing;
    }

    public RateLimit limit() {
        return limit;
    }

    public Replay replay() {
        return replay;
    }

    /// Empty: what the configuration says.
    public OptionalLong maxBody() {
        return maxBody;
    }

    public boolean allowsGuests() {
        return guests;
    }

    public boolean isStreamed() {
        return streamed;
    }

    @Override
    public String toString() {
        return method + " " + template();
    }
}
