package org.valise.bench.resident;

import org.valise.bench.chat.Quantiles;
import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.SyncAnswer;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Two people of a server who talk in a room of their own: what they feel of what else goes on.
public final class RoundTrips implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(40);
    private static final Duration POLL = Duration.ofSeconds(20);
    private static final int TIMELINE = 20;

    private final MatrixClient client;
    private final Account speaker;
    private final Account listener;
    private final String room;
    private final Thread thread;
    private final List<Long> times = new ArrayList<>();
    private volatile boolean closed;

    public RoundTrips(URI server) throws IOException {
        client = new MatrixClient(server, null);
        speaker = client.register("speaker");
        listener = client.register("listener");
        room = client.createRoom(speaker, "Elsewhere");
        client.join(listener, room);
        // Not a virtual one, which would wait where others of this process keep a processor.
        thread = Thread.ofPlatform().daemon().name("round trips").start(this::talk);
    }

    private void talk() {
        try {
            String filter = client.uploadFilter(listener, TIMELINE);
            String since =
                    MatrixClient.read(client.sync(listener, filter, null, Duration.ZERO))
                            .nextBatch();
            for (int i = 0; !closed; i++) {
                String body = "trip " + i;
                long begin = System.nanoTime();
                client.send(speaker, room, body);
                boolean seen = false;
                while (!seen && !closed) {
                    SyncAnswer answer =
                            MatrixClient.read(client.sync(listener, filter, since, POLL));
                    since = answer.nextBatch();
                    seen = answer.messages().stream().anyMatch(one -> one.body().equals(body));
                }
                synchronized (times) {
                    times.add(System.nanoTime() - begin);
                }
                Thread.sleep(PAUSE);
            }
        } catch (IOException e) {
            if (!closed) {
                System.err.printf(Locale.ROOT, "bench: the other room: %s%n", e.getMessage());
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /// From sending to reading, of all trips since the last call.
    public Quantiles take() {
        synchronized (times) {
            Quantiles quantiles = Quantiles.of(times.stream().mapToLong(Long::longValue).toArray());
            times.clear();
            return quantiles;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        thread.interrupt();
        client.close();
    }
}
