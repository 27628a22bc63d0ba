package org.valise.rooms;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.Accounts;
import org.valise.accounts.AccountsConfig;
import org.valise.accounts.profiles.Profile;
import org.valise.accounts.profiles.RemoteProfiles;
import org.valise.accounts.registration.RegistrationConfig;
import org.valise.accounts.registration.ReservedNames;
import org.valise.accounts.users.PasswordConfig;
import org.valise.accounts.users.PasswordCost;
import org.valise.federation.Federation;
import org.valise.platform.config.FederationSection;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.HttpPorts;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RateLimits;
import org.valise.platform.http.SignedRequest;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamListener;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.creation.DefaultEncryption;
import org.valise.rooms.lane.RoomPolicy;
import org.valise.rooms.presence.PresenceConfig;
import org.valise.rooms.userdirectory.SearchUserDirectoryClient;
import org.valise.rooms.userdirectory.UserDirectory;
import org.valise.rooms.userdirectory.UserDirectoryConfig;
import org.valise.testing.TestDatabase;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// A server with accounts and rooms, over real HTTP and a real database.
public final class RoomsServer implements AutoCloseable {
    public static final ServerName NAME = ServerName.parse("example.org");
    public static final String PASSWORD = "correct horse battery";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final @Nullable TestDatabase own;
    private final TestDatabase database;
    private final OrderedCommits commits;
    private final EphemeralOrder ephemeral;
    private final Stream stream;
    private final Accounts accounts;
    private final Federation federation;
    private final Rooms rooms;
    private final UserDirectory userDirectory;
    private final HttpServer http;
    private final StreamListener listener;
    private final AtomicInteger transactions = new AtomicInteger();

    private RoomsServer(TestDatabase database, boolean owned) {
        this.database = database;
        this.own = owned ? database : null;
        stream = new Stream(database.database());
        commits = new OrderedCommits(database.database(), stream);
        ephemeral = new EphemeralOrder(database.database());
        accounts =
                new Accounts(
                        AccountsConfig.defaults(NAME)
                                .withRegistration(RegistrationConfig.OPEN)
                                .withPasswords(
                                        PasswordConfig.defaults()
                                                .withCost(new PasswordCost(64, 1, 1))),
                        database.database(),
                        commits,
                        stream,
                        RateLimits.none(),
                        RemoteProfiles.NONE,
                        ReservedNames.NONE,
                        Clock.systemUTC());
        federation =
                new Federation(
                        database.database(),
                        NAME,
                        FederationSection.CLOSED,
                        "test",
                        Clock.systemUTC());
        rooms =
                new Rooms(
                        new Rooms.Needs(
                                database.database(),
                                stream,
                                commits,
                                accounts.userNumbers(),
                                federation,
                                this::profile,
                                () ->
                                        HexFormat.of()
                                                .toHexDigits(
                                                        ThreadLocalRandom.current().nextLong()),
                                RoomPolicy.OPEN,
                                RoomVersion.DEFAULT,
                                DefaultEncryption.OFF,
                                accounts.accountData(),
                                RateLimits.none(),
                                ephemeral,
                                PresenceConfig.DEFAULT,
                                user -> true));
        userDirectory = rooms.userDirectory(accounts.profiles());
        stream.follow(userDirectory);
        stream.start();
        commits.start();
        ephemeral.start();
        rooms.catchUp();
        userDirectory.wake();
        listener = new StreamListener(database.database(), stream, ephemeral);
        if (!owned) {
            listener.start();
        }
        List<Endpoint> endpoints = new ArrayList<>(accounts.endpoints());
        endpoints.addAll(rooms.endpoints());
        endpoints.addAll(rooms.reporting(accounts.reports()));
        endpoints.add(
                new SearchUserDirectoryClient(
                        userDirectory,
                        new UserDirectoryConfig(true, false),
                        accounts.profiles(),
                        accounts.userNumbers()));
        http =
                new HttpServer(
                                HttpConfig.onFreePort().withAccessLog(false),
                                endpoints,
                                HttpPorts.of(accounts.sessions(), RateLimits.none())
                                        .withServers(RoomsServer::claimedServer))
                        .start();
    }

    public static RoomsServer start() {
        return new RoomsServer(TestDatabase.create(TestNode.MIGRATIONS), true);
    }

    /// Another server is whoever it says: signatures are another test's.
    private static ServerName claimedServer(SignedRequest request) {
        return ServerName.parse(request.authorization().getFirst().replace("X-Matrix ", ""));
    }

    /// A second node over the same database, which follows this one.
    public RoomsServer twin() {
        return new RoomsServer(database, false);
    }

    private JsonObject profile(UserId user) {
        if (!user.server().equals(NAME)) {
            return JsonObject.of();
        }
        Profile profile = accounts.profiles().find(user).orElse(Profile.EMPTY);
        JsonObject.Builder content = JsonObject.builder();
        profile.displayName().ifPresent(name -> content.put("displayname", name));
        profile.avatarUrl().ifPresent(url -> content.put("avatar_url", url));
        return content.build();
    }

    public Accounts accounts() {
        return accounts;
    }

    public Rooms rooms() {
        return rooms;
    }

    public Database database() {
        return database.database();
    }

    public Stream stream() {
        return stream;
    }

    /// Registers a user and logs them in.
    public User register(String username) {
        JsonObject login =
                post(
                                null,
                                "/register",
                                JsonObject.of(
                                        "username",
                                        username,
                                        "password",
                                        PASSWORD,
                                        "auth",
                                        JsonObject.of("type", "m.login.dummy")))
                        .ok();
        String id = login.string("user_id").orElseThrow();
        return new User(
                id,
                login.string("access_token").orElseThrow(),
                accounts.userNumbers().number(UserId.parse(id)));
    }

    public record User(String id, String token, long number) {}

    /// Makes a room that anybody may join.
    public String publicRoom(User creator) {
        return room(creator, JsonObject.of("preset", "public_chat"));
    }

    /// Asks for a room whose history these may see.
    public static JsonObject withHistory(String preset, String visibility) {
        return JsonObject.of(
                "preset",
                preset,
                "initial_state",
                JsonArray.of(
                        JsonObject.of(
                                "type",
                                "m.room.history_visibility",
                                "content",
                                JsonObject.of("history_visibility", visibility))));
    }

    /// Makes a space.
    public String space(User creator, String preset) {
        return room(
                creator,
                JsonObject.of(
                        "preset", preset, "creation_content", JsonObject.of("type", "m.space")));
    }

    /// Makes a room that the members of another one may join.
    public String restrictedRoom(User creator, String entrance) {
        JsonObject rules =
                JsonObject.of(
                        "join_rule",
                        "restricted",
                        "allow",
                        JsonArray.of(
                                JsonObject.of("type", "m.room_membership", "room_id", entrance)));
        return room(
                creator,
                JsonObject.of(
                        "preset",
                        "private_chat",
                        "initial_state",
                        JsonArray.of(
                                JsonObject.of("type", "m.room.join_rules", "content", rules))));
    }

    public String room(User creator, JsonObject request) {
        return post(creator, "/createRoom", request).ok().string("room_id").orElseThrow();
    }

    public void join(User user, String room) {
        post(user, "/rooms/" + room + "/join", JsonObject.of()).ok();
    }

    public void leave(User user, String room) {
        post(user, "/rooms/" + room + "/leave", JsonObject.of()).ok();
    }

    public void invite(User inviter, String room, User target) {
        post(inviter, "/rooms/" + room + "/invite", JsonObject.of("user_id", target.id())).ok();
    }

    /// Sends a text and returns the event's id.
    public String say(User user, String room, String text) {
        return send(user, room, "m.room.message", JsonObject.of("msgtype", "m.text", "body", text));
    }

    public String send(User user, String room, String type, JsonObject content) {
        int transaction = transactions.incrementAndGet();
        return put(user, "/rooms/" + room + "/send/" + type + "/t" + transaction, content)
                .ok()
                .string("event_id")
                .orElseThrow();
    }

    public String setState(User user, String room, String type, JsonObject content) {
        return put(user, "/rooms/" + room + "/state/" + type, content)
                .ok()
                .string("event_id")
                .orElseThrow();
    }

    public Answer get(@Nullable User user, String path) {
        return send("GET", user, path, null);
    }

    /// What another server is answered.
    public Answer asServer(String name, String method, String path, @Nullable String body) {
        return send(method, "X-Matrix " + name, path, body);
    }

    public Answer put(@Nullable User user, String path, JsonObject body) {
        return send("PUT", user, path, body.toString());
    }

    public Answer post(@Nullable User user, String path, JsonObject body) {
        return send("POST", user, path, body.toString());
    }

    public Answer delete(@Nullable User user, String path) {
        return send("DELETE", user, path, null);
    }

    /// @param path below `/_matrix/client/v3`, or a whole one; `#` and `$` may stand unescaped
    public Answer send(String method, @Nullable User user, String path, @Nullable String body) {
        return send(method, user == null ? "" : "Bearer " + user.token(), path, body);
    }

    private Answer send(String method, String authorization, String path, @Nullable String body) {
        URI uri =
                URI.create(
                        http.uri()
                                + (path.startsWith("/_matrix/") ? "" : "/_matrix/client/v3")
                                + path.replace("#", "%23").replace("$", "%24"));
        var request =
                HttpRequest.newBuilder(uri)
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            HttpResponse<byte[]> response = sent(request.build());
            return new Answer(response.statusCode(), Json.parse(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Who is refused before the body was read may have sent the next request over a connection
    /// that is just being closed: it was not looked at, and goes out again.
    private static HttpResponse<byte[]> sent(HttpRequest request)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
            } catch (IOException e) {
                if (attempt == 5 || !String.valueOf(e.getMessage()).contains("received no bytes")) {
                    throw e;
                }
            }
        }
    }

    /// For a query parameter.
    public static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    public record Answer(int status, JsonValue value) {
        /// The body of an answer that must be a success.
        public JsonObject ok() {
            if (status != 200) {
                throw new AssertionError("expected 200, not " + this);
            }
            return json();
        }

        public JsonObject json() {
            return (JsonObject) value;
        }

        /// The objects of an array in the body (of the body itself if `key` is empty).
        public List<JsonObject> list(String key) {
            if (status != 200) {
                throw new AssertionError("expected 200, not " + this);
            }
            JsonArray array =
                    key.isEmpty() ? (JsonArray) value : json().array(key).orElse(JsonArray.of());
            return array.values().stream().map(JsonObject.class::cast).toList();
        }

        /// The ids of the events of an array in the body.
        public List<String> ids(String key) {
            return list(key).stream().map(e -> e.string("event_id").orElseThrow()).toList();
        }

        /// Status and error code together.
        public String refusal() {
            return status + " " + json().string("errcode").orElse("none");
        }
    }

    @Override
    public void close() {
        http.close();
        listener.close();
        userDirectory.close();
        rooms.close();
        federation.close();
        ephemeral.close();
        commits.close();
        accounts.close();
        if (own != null) {
            own.close();
        }
    }
}
