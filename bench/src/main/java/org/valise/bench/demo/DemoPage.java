package org.valise.bench.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.valise.bench.client.RequestFailed;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The page on which the three servers are seen side by side, and its few requests.
final class DemoPage implements AutoCloseable {
    private static final Charset UTF_8 = StandardCharsets.UTF_8;
    private static final int EVENTS_SHOWN = 12;
    private static final int LONGEST_TEXT = 500;

    /// What changes the state instead of saying something.
    private static final String TOPIC = "/topic ";

    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final DemoFederation federation;
    private final List<RoomWatch> watches;
    private final Set<String> changing = new HashSet<>();
    private final byte[] page;

    DemoPage(DemoFederation federation, List<RoomWatch> watches, int port) throws IOException {
        this.federation = federation;
        this.watches = watches;
        try (InputStream file = DemoPage.class.getResourceAsStream("page.html")) {
            if (file == null) {
                throw new IOException("page.html is missing");
            }
            page = file.readAllBytes();
        }
        http =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        http.setExecutor(threads);
        http.createContext("/", this::handle);
        http.start();
    }

    String address() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!isOurs(exchange)) {
                answer(exchange, 403, "text/plain", "not from this page".getBytes(UTF_8));
            } else if (exchange.getRequestMethod().equals("POST")) {
                String body = new String(exchange.getRequestBody().readNBytes(LONGEST_TEXT), UTF_8);
                boolean done = command(path.split("/", -1), body);
                answer(exchange, done ? 204 : 404, "text/plain", new byte[0]);
            } else if (path.equals("/view")) {
                answer(exchange, 200, "application/json", Json.write(view()));
            } else if (path.equals("/")) {
                answer(exchange, 200, "text/html; charset=utf-8", page);
            } else {
                answer(exchange, 404, "text/plain", new byte[0]);
            }
        }
    }

    /// SECURITY: other pages in the same browser could stop servers by posting here, or read the
    /// view by a name that resolves to this machine: so only our own address counts, and what
    /// changes something bears a header that a page of elsewhere cannot set.
    private boolean isOurs(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        int port = http.getAddress().getPort();
        boolean known = ("127.0.0.1:" + port).equals(host) || ("localhost:" + port).equals(host);
        return known
                && (exchange.getRequestMethod().equals("GET")
                        || exchange.getRequestHeaders().containsKey("X-Demo"));
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders()
                .set(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                                + " img-src data:; connect-src 'self'; form-action 'none';"
                                + " base-uri 'none'; frame-ancestors 'none'");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /// `/servers/{name}/down`, `kill`, `up` or `say`.
    private boolean command(String[] path, String body) {
        Optional<Organization> named =
                federation.organizations().stream()
                        .filter(one -> path.length == 4 && one.name().equals(path[2]))
                        .findAny();
        if (named.isEmpty()) {
            return false;
        }
        Organization organization = named.get();
        switch (path[3]) {
            case "down" -> change(organization, organization::stop);
            case "kill" -> change(organization, organization::kill);
            case "up" -> change(organization, organization::start);
            case "say" -> say(organization, body);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void say(Organization organization, String text) {
        try {
            if (text.startsWith(TOPIC)) {
                federation.setTopic(organization, text.substring(TOPIC.length()));
            } else {
                federation.say(organization, text);
            }
        } catch (IOException | RequestFailed e) {
            // The page shows that it is not there.
        }
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    /// In the background, and one at a time for each server.
    private void change(Organization organization, Change change) {
        synchronized (changing) {
            if (!changing.add(organization.name())) {
                return;
            }
        }
        threads.execute(() -> {
            try {
                change.make();
            } catch (IOException e) {
                System.err.println("demo: " + e.getMessage());
            } finally {
                synchronized (changing) {
                    changing.remove(organization.name());
                }
            }
        });
    }

    private JsonObject view() {
        Set<String> all = new LinkedHashSet<>();
        watches.forEach(watch -> watch.view().events().forEach(event -> all.add(event.id())));
        List<JsonObject> servers = new ArrayList<>();
        watches.forEach(watch -> servers.add(view(watch, all)));
        RoomView first = watches.getFirst().view();
        boolean agree = watches.stream().allMatch(watch -> watch.view().agreesWith(first));
        return JsonObject.of(
                "servers", JsonArray.of(servers), "agree", agree, "most", RoomWatch.KEPT);
    }

    private JsonObject view(RoomWatch watch, Set<String> all) {
        RoomView view = watch.view();
        Organization organization = watch.organization();
        List<String> people =
                organization.people().stream().map(person -> person.account().userId()).toList();
        return JsonObject.builder()
                .put("name", organization.name())
                .put("server", organization.serverName())
                .put("address", organization.uri().toString())
                .put("people", JsonArray.of(people))
                .put("password", DemoFederation.PASSWORD)
                .put("up", organization.isUp())
                .put("changing", isChanging(organization))
                .put("missing", all.stream().filter(event -> !watch.has(event)).count())
                .put("state", view.state())
                .put("entries", view.entries())
                .put("topic", view.topic())
                .put("extremities", JsonArray.of(view.extremities()))
                .put("events", JsonArray.of(last(view)))
                .build();
    }

    private boolean isChanging(Organization organization) {
        synchronized (changing) {
            return changing.contains(organization.name());
        }
    }

    private static List<JsonObject> last(RoomView view) {
        int size = view.events().size();
        return view.events().subList(Math.max(0, size - EVENTS_SHOWN), size).stream()
                .map(RoomView.Seen::json)
                .toList();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
