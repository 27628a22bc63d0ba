package org.valise.bench.client;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The requests of the generator, for any number of users at a time. Each blocks its thread.
public final class MatrixClient implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PASSWORD = "a benchmark's password 7531";
    private static final int MOST_STAGES = 4;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAUTHORIZED = 401;
    private static final String API = "/_matrix/client/v3";

    private final URI server;
    private final Connections connections;
    private final RegistrationStages stages;
    private final String transactions = "bench" + System.nanoTime() + ".";
    private final AtomicLong lastTransaction = new AtomicLong();

    /// @param registrationToken for a server that wants one
    public MatrixClient(URI server, @Nullable String registrationToken) {
        this.server = server;
        this.connections = new Connections(server);
        this.stages = new RegistrationStages(registrationToken);
    }

    public boolean answers() {
        try {
            return exchange("GET", "/_matrix/client/versions", null, null, PATIENCE).isSuccess();
        } catch (IOException e) {
            return false;
        }
    }

    public Account register(String name) throws IOException {
        return register(name, PASSWORD);
    }

    public Account register(String name, String password) throws IOException {
        JsonObject request = JsonObject.of("username", name, "password", password);
        for (int stage = 0; stage < MOST_STAGES; stage++) {
            try {
                JsonObject got = call("POST", API + "/register", null, request);
                return new Account(
                        got.string("user_id").orElseThrow(),
                        got.string("access_token").orElseThrow());
            } catch (RequestFailed refusal) {
                if (refusal.status() != UNAUTHORIZED) {
                    throw refusal;
                }
                request = request.with("auth", stages.next(refusal.body()));
            }
        }
        throw new IOException("registration asks for too many stages");
    }

    /// Logs a user in on another device.
    public Account logIn(Account user) throws IOException {
        JsonObject request =
                JsonObject.of(
                        "type",
                        "m.login.password",
                        "identifier",
                        JsonObject.of("type", "m.id.user", "user", user.userId()),
                        "password",
                        PASSWORD);
        JsonObject got = call("POST", API + "/login", null, request);
        return new Account(user.userId(), got.string("access_token").orElseThrow());
    }

    /// The id of the device that an access token is for.
    public String deviceId(Account user) throws IOException {
        return call("GET", API + "/account/whoami", user, null).string("device_id").orElseThrow();
    }

    /// Calls `/keys/upload`, `/keys/query` or `/keys/claim`.
    public JsonObject keys(String operation, Account user, JsonObject request) throws IOException {
        return call("POST", API + "/keys/" + operation, user, request);
    }

    /// The same; the answer is not looked into.
    public HttpAnswer keysUnread(String operation, Account user, JsonObject request)
            throws IOException {
        HttpAnswer answer = exchange("POST", API + "/keys/" + operation, user, request, PATIENCE);
        expectSuccess(answer);
        return answer;
    }

    /// @return the id of the room, which everybody may join
    public String createRoom(Account creator, String name) throws IOException {
        return createRoom(creator, JsonObject.of("name", name, "preset", "public_chat"));
    }

    /// @return the id of the room
    public String createRoom(Account creator, JsonObject request) throws IOException {
        return call("POST", API + "/createRoom", creator, request).string("room_id").orElseThrow();
    }

    public void setState(Account user, String room, String type, String key, JsonObject content)
            throws IOException {
        String path = "%s/rooms/%s/state/%s/%s".formatted(API, encoded(room), type, encoded(key));
        call("PUT", path, user, content);
    }

    /// Any request, for what has no method of its own here.
    ///
    /// @param path from `/_matrix` on
    /// @return the answer, which was a success
    public HttpAnswer ask(String method, String path, Account user, @Nullable JsonObject body)
            throws IOException {
        HttpAnswer answer = exchange(method, path, user, body, PATIENCE);
        expectSuccess(answer);
        return answer;
    }

    public void join(Account user, String room) throws IOException {
        call("POST", API + "/join/" + encoded(room), user, JsonObject.of());
    }

    /// Sends a text under a transaction id of its own.
    public void send(Account sender, String room, String body) throws IOException {
        String path =
                "%s/rooms/%s/send/m.room.message/%s%d"
                        .formatted(
                                API,
                                encoded(room),
                                transactions,
                                lastTransaction.incrementAndGet());
        JsonObject content = JsonObject.of("msgtype", "m.text", "body", body);
        expectSuccess(exchange("PUT", path, sender, content, PATIENCE));
    }

    /// Sends a text to all devices of these users, under a transaction id of its own.
    public void sendToDevices(Account sender, List<Account> recipients, String body)
            throws IOException {
        String path =
                "%s/sendToDevice/m.bench/%s%d"
                        .formatted(API, transactions, lastTransaction.incrementAndGet());
        JsonObject toAll = JsonObject.of("*", JsonObject.of("body", body));
        JsonObject.Builder messages = JsonObject.builder();
        recipients.forEach(user -> messages.put(user.userId(), toAll));
        JsonObject request = JsonObject.of("messages", messages.build());
        expectSuccess(exchange("PUT", path, sender, request, PATIENCE));
    }

    /// Stores a filter with lazily loaded members and without presence.
    ///
    /// @param timeline events a room at most
    /// @return its id
    public String uploadFilter(Account user, int timeline) throws IOException {
        // Some servers answer an equal request from a cache, so no two filters are equal.
        JsonArray unlike = JsonArray.of(transactions + lastTransaction.incrementAndGet());
        JsonObject messages =
                JsonObject.of("limit", timeline, "lazy_load_members", true, "not_types", unlike);
        JsonObject filter =
                JsonObject.of(
                        "presence",
                        JsonObject.of("not_types", JsonArray.of("*")),
                        "room",
                        JsonObject.of(
                                "state",
                                JsonObject.of("lazy_load_members", true),
                                "timeline",
                                messages));
        return call("POST", API + "/user/" + encoded(user.userId()) + "/filter", user, filter)
                .string("filter_id")
                .orElseThrow();
    }

    /// Asks once for what is new; the answer is [#read] later, outside the time that is measured.
    ///
    /// @param since the last answer's token; without it, it is an initial sync
    /// @param wait how long the server may hold the answer back
    public HttpAnswer sync(Account user, String filter, @Nullable String since, Duration wait)
            throws IOException {
        String path = API + "/sync?timeout=" + wait.toMillis() + "&filter=" + encoded(filter);
        String token = since == null ? "" : "&since=" + encoded(since);
        return exchange("GET", path + token, user, null, wait.plus(PATIENCE));
    }

    /// An answer to [#sync] or [#ask], whole.
    public static JsonObject object(HttpAnswer answer) {
        expectSuccess(answer);
        return Json.parseObject(answer.body());
    }

    public static SyncAnswer read(HttpAnswer answer) {
        expectSuccess(answer);
        return SyncAnswer.parse(answer.body());
    }

    /// The messages to the device in an answer to [#sync].
    public static DeviceMessages messages(HttpAnswer answer) {
        expectSuccess(answer);
        return DeviceMessages.parse(answer.body());
    }

    private JsonObject call(
            String method, String path, @Nullable Account user, @Nullable JsonObject body)
            throws IOException {
        HttpAnswer answer = exchange(method, path, user, body, PATIENCE);
        expectSuccess(answer);
        return Json.parseObject(answer.body());
    }

    private static void expectSuccess(HttpAnswer answer) {
        if (!answer.isSuccess()) {
            throw new RequestFailed(answer);
        }
    }

    /// Repeats the request while the server says that there are too many.
    private HttpAnswer exchange(
            String method,
            String path,
            @Nullable Account user,
            @Nullable JsonObject body,
            Duration patience)
            throws IOException {
        byte[] request = request(method, path, user, body);
        while (true) {
            HttpAnswer answer = connections.exchange(request, patience);
            if (answer.status() != TOO_MANY_REQUESTS) {
                return answer;
            }
            pause(new RequestFailed(answer).body().integer("retry_after_ms").orElse(100L));
        }
    }

    private byte[] request(
            String method, String path, @Nullable Account user, @Nullable JsonObject body) {
        byte[] content = body == null ? new byte[0] : Json.write(body);
        StringBuilder head = new StringBuilder(512);
        head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: ");
        head.append(server.getAuthority()).append("\r\n");
        if (user != null) {
            head.append("Authorization: Bearer ").append(user.token()).append("\r\n");
        }
        if (body != null) {
            head.append("Content-Type: application/json\r\nContent-Length: ");
            head.append(content.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[start.length + content.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(content, 0, whole, start.length, content.length);
        return whole;
    }

    private static void pause(long milliseconds) throws IOException {
        try {
            Thread.sleep(Math.max(50, milliseconds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server wanted a pause", e);
        }
    }

    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// Ends everything, also what waits for an answer.
    @Override
    public void close() throws IOException {
        connections.close();
    }
}
