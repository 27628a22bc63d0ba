package org.valise.server;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A server in a process of its own, which can be killed.
final class ChildServer {
    private static final Duration START = Duration.ofSeconds(120);

    private final Process process;
    private final URI base;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private ChildServer(Process process, URI base) {
        this.process = process;
        this.base = base;
    }

    static ChildServer start(Path data) throws IOException, InterruptedException {
        int port = freePort();
        ProcessBuilder builder =
                new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.valise.server.Main",
                        "--data",
                        data.toString(),
                        "--port",
                        Integer.toString(port),
                        "--open-registration",
                        "--no-rate-limits");
        builder.environment().put("VALISE_MANAGEMENT_ENABLED", "false");
        builder.redirectErrorStream(true);
        Process process = builder.start();
        ChildServer server = new ChildServer(process, URI.create("http://127.0.0.1:" + port));
        List<String> log = server.drain();
        long deadline = System.nanoTime() + START.toNanos();
        while (!server.answers()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("the server did not start:\n" + log);
            }
            Thread.sleep(100);
        }
        return server;
    }

    private List<String> drain() {
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        Thread.ofVirtual()
                .start(() -> {
                    try (BufferedReader reader = process.inputReader()) {
                        reader.lines().forEach(log::add);
                    } catch (IOException | UncheckedIOException e) {
                        log.add(e.toString());
                    }
                });
        return log;
    }

    private boolean answers() {
        try {
            return call("GET", "/_matrix/client/versions", null, null).statusCode() == 200;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    String register(String user) throws IOException, InterruptedException {
        JsonObject request =
                JsonObject.of(
                        "username",
                        user,
                        "password",
                        "correct horse battery",
                        "auth",
                        JsonObject.of("type", "m.login.dummy"));
        return json(call("POST", "/_matrix/client/v3/register", null, request))
                .string("access_token")
                .orElseThrow();
    }

    String createRoom(String token) throws IOException, InterruptedException {
        return json(call("POST", "/_matrix/client/v3/createRoom", token, JsonObject.of()))
                .string("room_id")
                .orElseThrow();
    }

    /// Posts what must succeed.
    ///
    /// @throws IllegalStateException if it is refused
    JsonObject post(String token, String path, JsonObject body)
            throws IOException, InterruptedException {
        return json(call("POST", path, token, body));
    }

    JsonObject whoami(String token) throws IOException, InterruptedException {
        return json(call("GET", "/_matrix/client/v3/account/whoami", token, null));
    }

    /// @return whether it was acknowledged
    boolean send(String token, String room, String body) {
        try {
            HttpResponse<String> response =
                    call(
                            "PUT",
                            "/_matrix/client/v3/rooms/"
                                    + encoded(room)
                                    + "/send/m.room.message/"
                                    + body,
                            token,
                            JsonObject.of("msgtype", "m.text", "body", body));
            return response.statusCode() == 200;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    /// The bodies of all messages of a room, by paging through its whole history.
    List<String> allBodies(String token, String room) throws IOException, InterruptedException {
        List<String> bodies = new ArrayList<>();
        String from = "";
        while (true) {
            JsonObject page =
                    json(
                            call(
                                    "GET",
                                    "/_matrix/client/v3/rooms/"
                                            + encoded(room)
                                            + "/messages?dir=b&limit=100"
                                            + from,
                                    token,
                                    null));
            page.array("chunk").orElseThrow().objects().stream()
                    .filter(event -> event.string("type").orElse("").equals("m.room.message"))
                    .map(event -> event.object("content").orElseThrow())
                    .forEach(content -> bodies.add(content.string("body").orElseThrow()));
            if (page.string("end").isEmpty()) {
                return bodies;
            }
            from = "&from=" + encoded(page.string("end").get());
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    }

    /// Kills the postmaster, a direct child, with -9.
    void killPostgres() {
        process.children().forEach(ProcessHandle::destroyForcibly);
    }

    void stop() throws InterruptedException {
        process.destroy();
        process.waitFor(30, TimeUnit.SECONDS);
    }

    private HttpResponse<String> call(
            String method, String path, @Nullable String token, @Nullable JsonObject body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body.toString()));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject json(HttpResponse<String> response) {
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return Json.parseObject(response.body());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
