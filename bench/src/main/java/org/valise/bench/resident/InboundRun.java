package org.valise.bench.resident;

import org.valise.bench.chat.Parallel;
import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.RequestFailed;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Mock servers send events into rooms in which somebody of the server under load is.
public final class InboundRun implements AutoCloseable {
    /// "Must not be more than 50."
    private static final int A_TRANSACTION = 50;

    private static final ServerName SERVER = ServerName.parse("localhost");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final URI server;
    private final MockServers mocks;
    private final MatrixClient client;
    private final Account reader;
    private final List<ResidentRoom> rooms = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// How long it took, in nanoseconds.
    ///
    /// @param acknowledged until the last transaction was answered
    /// @param readable until the last event of each room could be read
    public record Times(long acknowledged, long readable) {}

    /// What one mock server sends, in its order.
    private record Load(TransactionSender sender, List<TransactionSender.Ready> transactions) {}

    /// @param count of rooms; somebody joins them all
    public InboundRun(URI server, MockServers mocks, int count) throws IOException {
        this.server = server;
        this.mocks = mocks;
        this.client = new MatrixClient(server, null);
        this.reader = client.register("reader");
        for (int i = 0; i < count; i++) {
            ResidentRoom room = mocks.room(mocks.alive());
            client.ask("POST", mocks.joinPath(room), reader, JsonObject.of());
            rooms.add(room);
        }
    }

    /// What is to be sent, signed.
    public static final class Prepared {
        private final List<List<Event>> events;
        private final List<Load> loads;

        private Prepared(List<List<Event>> events, List<Load> loads) {
            this.events = events;
            this.loads = loads;
        }
    }

    /// So many events in all, in transactions of 50.
    public Prepared prepare(int count) {
        List<List<Event>> events = new ArrayList<>();
        for (int i = 0; i < rooms.size(); i++) {
            events.add(rooms.get(i).messages(i % mocks.alive(), count / rooms.size()));
        }
        return new Prepared(events, loads(events));
    }

    /// Sends it, each mock server one transaction after the other.
    public Times send(Prepared prepared) throws IOException {
        List<List<Event>> events = prepared.events;
        List<Load> loads = prepared.loads;
        long begin = System.nanoTime();
        Parallel.run(
                loads.size(),
                loads.size(),
                number -> {
                    Load load = loads.get(number);
                    for (TransactionSender.Ready transaction : load.transactions()) {
                        load.sender().send(http, transaction);
                    }
                });
        long acknowledged = System.nanoTime();
        for (int i = 0; i < rooms.size(); i++) {
            await(rooms.get(i), events.get(i).getLast());
        }
        return new Times(acknowledged - begin, System.nanoTime() - begin);
    }

    /// Sees that all of it is there.
    public void verify(Prepared sent) throws IOException {
        for (int i = 0; i < rooms.size(); i++) {
            verify(rooms.get(i), sent.events.get(i));
        }
    }

    private List<Load> loads(List<List<Event>> events) {
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < mocks.alive(); i++) {
            loads.add(new Load(mocks.sender(i), new ArrayList<>()));
        }
        int longest = events.getFirst().size();
        for (int from = 0; from < longest; from += A_TRANSACTION) {
            for (int i = 0; i < rooms.size(); i++) {
                Load load = loads.get(i % loads.size());
                int to = Math.min(longest, from + A_TRANSACTION);
                List<Event> part = events.get(i).subList(from, to);
                load.transactions().add(load.sender().prepare(server, SERVER, part));
            }
        }
        return loads;
    }

    private static String path(ResidentRoom room, String rest) {
        return "/_matrix/client/v3/rooms/" + MatrixClient.encoded(room.id().value()) + rest;
    }

    private void await(ResidentRoom room, Event last) throws IOException {
        String path = path(room, "/event/" + MatrixClient.encoded(last.id().value()));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                client.ask("GET", path, reader, null);
                return;
            } catch (RequestFailed notYet) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("an event did not come", notYet);
                }
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private void verify(ResidentRoom room, List<Event> sent) throws IOException {
        Set<String> missing = new HashSet<>();
        sent.forEach(event -> missing.add(event.id().value()));
        String from = "";
        while (!missing.isEmpty()) {
            String path = path(room, "/messages?dir=b&limit=500" + from);
            JsonObject page = MatrixClient.object(client.ask("GET", path, reader, null));
            page.array("chunk").orElse(JsonArray.of()).objects().stream()
                    .flatMap(event -> event.string("event_id").stream())
                    .forEach(missing::remove);
            if (page.string("end").isEmpty()) {
                break;
            }
            from = "&from=" + MatrixClient.encoded(page.string("end").get());
        }
        if (!missing.isEmpty()) {
            throw new IOException(missing.size() + " events are missing in " + room.id());
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
        client.close();
    }
}
