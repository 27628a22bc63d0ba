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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Follows a room on one server, as one of its members sees it.
final class RoomWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(300);

    /// How many of the last events a view has.
    static final int KEPT = 300;

    /// How many ids of events are remembered, and how far a gap is looked into.
    private static final int KNOWN = 50_000;

    private static final int PAGE = 500;

    /// The federation's own format says which events an event follows.
    private static final String FILTER =
            """
            {"event_format":"federation","presence":{"not_types":["*"]},"account_data":{"not_types":["*"]},"room":{"timeline":{"limit":250},"ephemeral":{"not_types":["*"]}}}\
            """;

    private final Organization organization;
    private final String room;
    private final Map<String, Seen> events = new LinkedHashMap<>();

    /// The ids of all events that it has shown, oldest first.
    private final LinkedHashSet<String> known = new LinkedHashSet<>();

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

    /// Whether the server has shown this event.
    boolean has(String event) {
        synchronized (known) {
            return known.contains(event);
        }
    }

    private void note(String event) {
        synchronized (known) {
            known.add(event);
            if (known.size() > KNOWN) {
                known.removeFirst();
            }
        }
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
            long now = since == null ? Seen.LONG_AGO : System.currentTimeMillis();
            JsonObject timeline = changed.get().object("timeline").orElse(JsonObject.of());
            if (since == null || timeline.bool("limited").orElse(false)) {
                fillGap(observer, timeline.string("prev_batch"));
                events.clear(); // what follows them is not shown
            }
            timeline.array("events")
                    .ifPresent(shown -> shown.objects().forEach(event -> take(event, now)));
            view = RoomView.of(new ArrayList<>(events.values()), state(observer));
        }
        since = sync.string("next_batch").orElseThrow();
    }

    /// There is more than a sync tells, fetched from other servers where necessary: it is not
    /// shown, but it is there.
    private void fillGap(Person observer, Optional<String> from) throws IOException {
        List<String> ids = new ArrayList<>();
        boolean reached = false;
        Optional<String> next = from;
        while (next.isPresent() && !reached && ids.size() < KNOWN) {
            String path =
                    "/rooms/%s/messages?dir=b&limit=%d&from=%s"
                            .formatted(encoded(room), PAGE, encoded(next.get()));
            JsonObject page = organization.get(observer, path);
            for (JsonObject event : page.array("chunk").orElse(JsonArray.of()).objects()) {
                String id = event.string("event_id").orElseThrow();
                reached |= has(id);
                ids.add(id);
            }
            next = page.string("end");
        }
        ids.forEach(this::note);
    }

    private void take(JsonObject event, long now) {
        Seen seen = Seen.of(Event.parse(DemoFederation.VERSION, event), now);
        events.putIfAbsent(seen.id(), seen);
        note(seen.id());
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
