package org.valise.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.net.ssl.SSLContext;

/// The network from one server to another. It shows the other's certificate and passes requests on
/// over TLS of its own, so that single ones can be lost, delayed, doubled or come late.
final class Link implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> PASSED_ON = List.of("Authorization", "Content-Type");

    private final HttpsServer front;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;
    private final URI destination;
    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final Deque<Request> late = new ArrayDeque<>();
    private volatile Weather weather = Weather.FINE;

    /// What becomes of a request.
    enum Fate {
        DELIVERED,
        /// It never arrives.
        LOST,
        /// It arrives, and its sender does not learn that.
        ANSWER_LOST,
        /// It arrives twice.
        DOUBLED,
        /// Its sender takes it for lost; it arrives after what is sent next.
        LATE
    }

    /// What happens to one request, and how long it is under way.
    record Passage(Fate fate, Duration delay) {
        static final Passage CLEAR = new Passage(Fate.DELIVERED, Duration.ZERO);
    }

    /// Decides of each request.
    @FunctionalInterface
    interface Weather {
        Weather FINE = () -> Passage.CLEAR;
        Weather CUT = always(Fate.LOST);

        static Weather always(Fate fate) {
            return () -> new Passage(fate, Duration.ZERO);
        }

        static Weather slow(Duration delay) {
            return () -> new Passage(Fate.DELIVERED, delay);
        }

        Passage next();
    }

    private record Request(
            String method, String target, byte[] body, List<Optional<String>> headers) {
        static Request of(HttpExchange exchange) throws IOException {
            return new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestBody().readAllBytes(),
                    PASSED_ON.stream()
                            .map(name ->
                                    Optional.ofNullable(
                                            exchange.getRequestHeaders().getFirst(name)))
                            .toList());
        }

        HttpRequest to(URI server) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(server + target))
                            .timeout(PATIENCE)
                            .method(
                                    method,
                                    body.length == 0
                                            ? BodyPublishers.noBody()
                                            : BodyPublishers.ofByteArray(body));
            for (int i = 0; i < headers.size(); i++) {
                String name = PASSED_ON.get(i);
                headers.get(i).ifPresent(value -> request.header(name, value));
            }
            return request.build();
        }
    }

    /// @param certificate shown to whoever sends
    /// @param client trusts the destination's certificate
    /// @param destination such as `https://127.0.0.1:4711`
    Link(SSLContext certificate, HttpClient client, URI destination) {
        this.client = client;
        this.destination = destination;
        try {
            front =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        front.setHttpsConfigurator(new HttpsConfigurator(certificate));
        front.setExecutor(threads);
        front.createContext("/", this::pass);
        front.start();
    }

    int port() {
        return front.getAddress().getPort();
    }

    void set(Weather now) {
        weather = now;
    }

    /// Nothing passes any more, answers of what is under way neither.
    void cut() {
        set(Weather.CUT);
    }

    /// Everything passes; what was to come late comes now.
    void heal() {
        set(Weather.FINE);
        deliverLate();
    }

    /// What was sent, also in vain: method, path and query.
    List<String> seen() {
        synchronized (seen) {
            return List.copyOf(seen);
        }
    }

    private void pass(HttpExchange exchange) throws IOException {
        Passage passage = weather.next();
        Request request = Request.of(exchange);
        seen.add(request.method() + " " + request.target());
        pause(passage.delay());
        switch (passage.fate()) {
            case LOST -> {}
            case ANSWER_LOST -> deliver(request);
            case LATE -> {
                synchronized (late) {
                    late.add(request);
                }
            }
            case DELIVERED, DOUBLED -> {
                HttpResponse<byte[]> response = deliver(request);
                if (passage.fate() == Fate.DOUBLED) {
                    deliver(request);
                }
                deliverLate();
                answer(exchange, response);
            }
        }
        exchange.close();
    }

    private void answer(HttpExchange exchange, @Nullable HttpResponse<byte[]> response)
            throws IOException {
        if (response == null || weather == Weather.CUT) {
            return;
        }
        response.headers()
                .firstValue("Content-Type")
                .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
        byte[] body = response.body();
        exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private void deliverLate() {
        while (true) {
            Request request;
            synchronized (late) {
                request = late.poll();
            }
            if (request == null) {
                return;
            }
            deliver(request);
        }
    }

    /// @return null if the destination does not answer
    private @Nullable HttpResponse<byte[]> deliver(Request request) {
        try {
            return client.send(request.to(destination), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        front.stop(0);
        threads.shutdownNow();
    }
}
