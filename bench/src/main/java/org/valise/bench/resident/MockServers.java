package org.valise.bench.resident;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.valise.bench.client.MatrixClient;
import org.valise.platform.threads.LowPriority;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.JsonSigning;
import org.valise.testing.TestAuthority;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Many servers behind one socket, told apart by the name that they are called: `s0.bench.mock` and
/// so on. Each has a key of its own.
public final class MockServers implements AutoCloseable {
    private static final String DOMAIN = "bench.mock";
    private static final String FEDERATION = "/_matrix/federation/";
    private static final int MOST_CONNECTIONS = 4_000;
    private static final int BACKLOG = 1_000;

    private final List<MockKey> keys = new ArrayList<>();
    private final Map<String, MockKey> byName = new ConcurrentHashMap<>();
    private final Map<String, ResidentRoom> rooms = new ConcurrentHashMap<>();
    private final int dead;
    private final TestAuthority authority;
    private final HttpsServer http;
    private final ServerSocket silent;

    /// Elsewhere they would have processors of their own.
    private final ExecutorService threads =
            Executors.newCachedThreadPool(LowPriority.threads("mock server"));

    private volatile Received received = (server, transaction) -> {};

    /// What is told of each transaction that arrives.
    @FunctionalInterface
    public interface Received {
        void transaction(ServerName server, byte[] body);
    }

    /// @param count of all servers
    /// @param dead how many of them, the last ones, do not answer: every other one refuses
    ///   connections, the rest take them and say nothing
    /// @param folder for certificates
    public MockServers(int count, int dead, Path folder) throws IOException {
        this.dead = dead;
        for (int i = 0; i < count; i++) {
            MockKey key = new MockKey(ServerName.parse("s" + i + "." + DOMAIN));
            keys.add(key);
            byName.put(key.server().value(), key);
        }
        authority = TestAuthority.in(Files.createDirectory(folder.resolve("certificates")));
        authority.issue("mock", "dns:*." + DOMAIN);
        // It reads these once, at its first start in a process.
        System.setProperty(
                "sun.net.httpserver.maxIdleConnections", Integer.toString(MOST_CONNECTIONS));
        System.setProperty("sun.net.httpserver.nodelay", "true");
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        silent = new ServerSocket(0, count, loopback);
        http = HttpsServer.create(new InetSocketAddress(loopback, 0), BACKLOG);
        http.setHttpsConfigurator(new HttpsConfigurator(authority.context("mock")));
        http.setExecutor(threads);
        http.createContext("/", this::handle);
        http.start();
    }

    /// How a server is started that knows these.
    public List<String> options() throws IOException {
        int refusing;
        try (ServerSocket closed = new ServerSocket(0)) {
            refusing = closed.getLocalPort();
        }
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            boolean alive = i < keys.size() - dead;
            int deadPort = i % 2 == 0 ? refusing : silent.getLocalPort();
            int port = alive ? http.getAddress().getPort() : deadPort;
            addresses.add(keys.get(i).server().value() + "=127.0.0.1:" + port);
        }
        return List.of(
                "--set",
                "federation.ca_file=" + authority.certificate(),
                "--set",
                "federation.allowed_networks=127.0.0.1",
                "--set",
                "federation.allowed_servers=*." + DOMAIN,
                "--set",
                "federation.addresses=" + String.join(",", addresses));
    }

    /// How a client asks to join a room of theirs.
    public String joinPath(ResidentRoom room) {
        return "/_matrix/client/v3/join/%s?via=%s"
                .formatted(MatrixClient.encoded(room.id().value()), keys.getFirst().server());
    }

    /// How many answer.
    public int alive() {
        return keys.size() - dead;
    }

    /// Makes a room of all servers.
    public ResidentRoom room(int members) {
        return room(members, 0, keys.size());
    }

    /// Makes a room of some servers.
    ///
    /// @param from the number of the first
    /// @param to the number after that of the last
    public ResidentRoom room(int members, int from, int to) {
        ResidentRoom room = new ResidentRoom(keys.subList(from, to), rooms.size(), members);
        rooms.put(room.id().value(), room);
        return room;
    }

    /// Sends in the name of one of them.
    public TransactionSender sender(int server) {
        return new TransactionSender(keys.get(server));
    }

    public void onTransaction(Received listener) {
        received = listener;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String host =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host")).orElse("");
            MockKey server = byName.get(host);
            byte[] body = exchange.getRequestBody().readAllBytes();
            Optional<byte[]> answer =
                    server == null ? Optional.empty() : answer(exchange, server, body);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            byte[] bytes =
                    answer.orElseGet(() -> Json.write(JsonObject.of("errcode", "M_UNRECOGNIZED")));
            exchange.sendResponseHeaders(answer.isPresent() ? 200 : 404, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Optional<byte[]> answer(HttpExchange exchange, MockKey server, byte[] body) {
        String path = exchange.getRequestURI().getRawPath();
        List<String> last = List.of(path.split("/"));
        if (path.equals("/_matrix/key/v2/server")) {
            return Optional.of(Json.write(server.statement()));
        }
        if (path.equals("/_matrix/key/v2/query")) {
            return Optional.of(Json.write(vouched(server, Json.parseObject(body))));
        }
        if (path.startsWith(FEDERATION + "v1/send/")) {
            received.transaction(server.server(), body);
            return Optional.of(Json.write(JsonObject.of("pdus", JsonObject.of())));
        }
        if (path.startsWith(FEDERATION + "v1/make_join/")) {
            UserId user = UserId.parse(decoded(last.getLast()));
            return room(last.get(last.size() - 2)).map(room -> Json.write(room.template(user)));
        }
        if (path.startsWith(FEDERATION + "v2/send_join/")) {
            return room(last.get(last.size() - 2)).map(room -> room.join(Json.parseObject(body)));
        }
        return Optional.empty();
    }

    private Optional<ResidentRoom> room(String encoded) {
        return Optional.ofNullable(rooms.get(decoded(encoded)));
    }

    private static String decoded(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /// The keys of others, as a notary signs them.
    private JsonObject vouched(MockKey notary, JsonObject asked) {
        List<JsonObject> statements = new ArrayList<>();
        for (String name : asked.object("server_keys").orElse(JsonObject.of()).keys()) {
            MockKey key = byName.get(name);
            if (key != null) {
                statements.add(JsonSigning.sign(key.statement(), notary));
            }
        }
        return JsonObject.of("server_keys", JsonArray.of(statements));
    }

    @Override
    public void close() throws IOException {
        http.stop(0);
        threads.shutdownNow();
        silent.close();
    }
}
