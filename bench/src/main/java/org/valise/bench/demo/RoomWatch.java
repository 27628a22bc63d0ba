package org.valise.bench.demo;

import org.jspecify.annotations.Nullable;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.RequestFailed;
import org.valise.bench.demo.Organization.Person;
import org.valise.bench.demo.RoomView.Seen;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Follows a room on one server, as one of its members sees it.
final class RoomWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final int KEPT = 300;

    /// The federation's own format says which events an event follows.
    private static final String FILTER =
            """
            {"event_format":"federation","presence":{"not_types":["*"]},"account_data":{"not_types":["*"]},"room":{"timeline":{"limit":250},"ephemeral":{"not_types":["*"]}}}\
            """;

    private final Organization organization;
    private final String room;
    private final Map<String, Seen> events = new LinkedHashMap<>();
    private final Thread thread;
    private @Nullable String since;
    private volatile RoomView view = RoomView.NOTHING;
    private volatile boolean closed;

    RoomWatch(Organization organization, String room) {
        this.organization = organization;
        this.room = room;
        this.thread = Thread.startVirtualThread(this::follow);
    }

    Organization organization() {
        return organization;
    }

    RoomView view() {
        return view;
    }

    static String encoded(String text) {
        return MatrixClient.encoded(text);
    }

    private void follow() {
        while (!closed) {
            try {
                if (organization.isUp()) {
                    poll();
                } else {
                    Thread.sleep(PAUSE);
                }
            } catch (IOException | RequestFailed e) {
                rest();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void rest() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void poll() throws IOException {
        Person observer = organization.people().getFirst();
        HttpAnswer answer = organization.client().sync(observer.account(), FILTER, since, POLL);
        JsonObject sync = MatrixClient.object(answer);
        Optional<JsonObject> changed =
                sync.object("rooms")
                        .flatMap(rooms -> rooms.object("join"))
                        .flatMap(joined -> joined.object(room));
        if (changed.isPresent()) {
            long now = System.currentTimeMillis();
            changed.get()
                    .object("timeline")
                    .flatMap(timeline -> timeline.array("events"))
                    .ifPresent(timeline -> timeline.objects().forEach(event -> take(event, now)));
            view = RoomView.of(new ArrayList<>(events.values()), state(observer));
        }
        since = sync.string("next_batch").orElseThrow();
    }

    private void take(JsonObject event, long now) {
        Seen seen = Seen.of(Event.parse(DemoFederation.VERSION, event), now);
        events.putIfAbsent(seen.id(), seen);
        if (events.size() > KEPT) {
            events.remove(events.keySet().iterator().next());
        }
    }

    private List<JsonObject> state(Person observer) throws IOException {
        HttpAnswer answer =
                organization
                        .client()
                        .ask(
                                "GET",
                                "/_matrix/client/v3/rooms/" + encoded(room) + "/state",
                                observer.account(),
                                null);
        return ((JsonArray) Json.parse(answer.body())).objects();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
