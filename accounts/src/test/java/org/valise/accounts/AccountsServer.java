package org.valise.accounts;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.profiles.RemoteProfiles;
import org.valise.accounts.registration.RegistrationConfig;
import org.valise.accounts.registration.ReservedNames;
import org.valise.accounts.users.PasswordConfig;
import org.valise.accounts.users.PasswordCost;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RateLimits;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.testing.TestDatabase;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// A server that has accounts and nothing else, over real HTTP and a real database.
public final class AccountsServer implements AutoCloseable {
    public static final ServerName NAME = ServerName.parse("example.org");
    public static final String PASSWORD = "correct horse battery";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final TestDatabase database;
    private final boolean owner;
    private final OrderedCommits commits;
    private final Accounts accounts;
    private final HttpServer http;

    private AccountsServer(Options options, TestDatabase database, boolean owner) {
        this.database = database;
        this.owner = owner;
        Stream stream = new Stream(database.database());
        commits = new OrderedCommits(database.database(), stream);
        accounts =
                new Accounts(
                        options.config(),
                        database.database(),
                        commits,
                        stream,
                        options.limits(),
                        options.remote(),
                        options.reserved(),
                        options.clock());
        stream.start();
        commits.start();
        List<Endpoint> endpoints = new ArrayList<>(accounts.endpoints());
        endpoints.addAll(options.extra().apply(accounts));
        http =
                new HttpServer(
                                HttpConfig.onFreePort().withAccessLog(false),
                                endpoints,
                                accounts.sessions(),
                                options.limits())
                        .start();
    }

    /// What a test wants to be otherwise than usual.
    public record Options(
            AccountsConfig config,
            RateLimits limits,
            RemoteProfiles remote,
            ReservedNames reserved,
            Clock clock,
            Function<Accounts, List<Endpoint>> extra) {
        public Options withConfig(UnaryOperator<AccountsConfig> change) {
            return new Options(change.apply(config), limits, remote, reserved, clock, extra);
        }

        public Options withLimits(RateLimits other) {
            return new Options(config, other, remote, reserved, clock, extra);
        }

        public Options withRemote(RemoteProfiles other) {
            return new Options(config, limits, other, reserved, clock, extra);
        }

        public Options withEndpoints(Function<Accounts, List<Endpoint>> more) {
            return new Options(config, limits, remote, reserved, clock, more);
        }

        public Options withClock(Clock other) {
            return new Options(config, limits, remote, reserved, other, extra);
        }

        public Options withReserved(ReservedNames other) {
            return new Options(config, limits, remote, other, clock, extra);
        }
    }

    /// Open registration, no limits, passwords that cost nothing.
    public static AccountsServer start() {
        return start(options -> options);
    }

    public static AccountsServer start(UnaryOperator<Options> change) {
        var database =
                TestDatabase.create(List.of("org/valise/platform/migration", Accounts.MIGRATIONS));
        return new AccountsServer(change.apply(usual()), database, true);
    }

    /// Another node over the same database.
    public AccountsServer node(UnaryOperator<Options> change) {
        return new AccountsServer(change.apply(usual()), database, false);
    }

    private static Options usual() {
        AccountsConfig config =
                AccountsConfig.defaults(NAME)
                        .withRegistration(RegistrationConfig.OPEN)
                        .withPasswords(
                                PasswordConfig.defaults().withCost(new PasswordCost(64, 1, 1)));
        return new Options(
                config,
                RateLimits.none(),
                RemoteProfiles.NONE,
                ReservedNames.NONE,
                Clock.systemUTC(),
                accounts -> List.of());
    }

    public Accounts accounts() {
        return accounts;
    }

    public TestDatabase database() {
        return database;
    }

    /// Registers a user with [#PASSWORD] and logs them in.
    public User register(String username) {
        Answer answer =
                post(
                        null,
                        "/_matrix/client/v3/register",
                        JsonObject.of(
                                "username",
                                username,
                                "password",
                                PASSWORD,
                                "auth",
                                JsonObject.of("type", "m.login.dummy")));
        return user(answer.ok());
    }

    public User login(String username, @Nullable String device) {
        var body =
                JsonObject.builder()
                        .put("type", "m.login.password")
                        .put("identifier", JsonObject.of("type", "m.id.user", "user", username))
                        .put("password", PASSWORD)
                        .putIfPresent("device_id", device)
                        .build();
        return user(post(null, "/_matrix/client/v3/login", body).ok());
    }

    private static User user(JsonObject login) {
        return new User(
                login.string("user_id").orElseThrow(),
                login.string("access_token").orElseThrow(),
                login.string("device_id").orElseThrow());
    }

    public record User(String id, String token, String device) {
        /// `auth` for user-interactive authentication.
        public JsonObject auth() {
            return auth(PASSWORD);
        }

        public JsonObject auth(String password) {
            return JsonObject.of(
                    "type",
                    "m.login.password",
                    "identifier",
                    JsonObject.of("type", "m.id.user", "user", id),
                    "password",
                    password);
        }
    }

    public Answer get(@Nullable User user, String path) {
        return send("GET", user, path, null);
    }

    public Answer put(@Nullable User user, String path, JsonObject body) {
        return send("PUT", user, path, body.toString());
    }

    public Answer post(@Nullable User user, String path, JsonObject body) {
        return send("POST", user, path, body.toString());
    }

    public Answer delete(@Nullable User user, String path, @Nullable JsonObject body) {
        return send("DELETE", user, path, body == null ? null : body.toString());
    }

    public Answer send(String method, @Nullable User user, String path, @Nullable String body) {
        var request =
                HttpRequest.newBuilder(URI.create(http.uri() + path))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (user != null) {
            request.header("Authorization", "Bearer " + user.token());
        }
        try {
            HttpResponse<byte[]> response = sent(request.build());
            return new Answer(response.statusCode(), Json.parseObject(response.body()));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What a browser is answered.
    public HttpResponse<String> browse(String path) {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create(http.uri() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Who is refused before the body was read may have sent the next request over a connection
    /// that is just being closed: it was not looked at, and goes out again.
    private static HttpResponse<byte[]> sent(HttpRequest request)
            throws java.io.IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
            } catch (java.io.IOException e) {
                if (attempt == 5 || !String.valueOf(e.getMessage()).contains("received no bytes")) {
                    throw e;
                }
            }
        }
    }

    public record Answer(int status, JsonObject json) {
        /// The body of an answer that must be a success.
        public JsonObject ok() {
            if (status != 200) {
                throw new AssertionError("expected 200, not " + this);
            }
            return json;
        }

        public String errcode() {
            return json.string("errcode").orElse("none");
        }

        /// Status and error code together.
        public String refusal() {
            return status + " " + errcode();
        }
    }

    @Override
    public void close() {
        http.close();
        commits.close();
        accounts.close();
        if (owner) {
            database.close();
        }
    }
}
