package org.valise.rooms.handshake;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/// What a server is told that has joined: the state of the room before that, and its auth chain. It
/// is read from the database while it is sent, so that a room of any size costs the same memory,
/// but for the ids of its auth chain.
final class JoinAnswer implements Iterator<byte[]> {
    private static final int BATCH = 500;
    private static final int USUAL_BYTES = 1_000;

    private final Events events;
    private final StoredEvent join;
    private final List<Long> state;
    private final boolean redundant;
    private final JsonObject more;

    private int sent;
    private Phase phase = Phase.BEGINNING;
    private boolean first = true;

    /// Those whose ids are known, whether they were sent or wait for it.
    private final Set<EventId> chain = new HashSet<>();

    private final Deque<EventId> waiting = new ArrayDeque<>();

    /// The ids of what was sent as state: what they are the auth events of need not be sent again.
    private final Set<EventId> inState = new HashSet<>();

    private enum Phase {
        BEGINNING,
        STATE,
        CHAIN,
        END,
        DONE
    }

    /// @param state the numbers of the events of the state
    /// @param redundant whether the chain names again what the state has
    /// @param more what else there is to tell
    JoinAnswer(
            Events events,
            StoredEvent join,
            Collection<Long> state,
            boolean redundant,
            JsonObject more) {
        this.events = events;
        this.join = join;
        this.state = state.stream().sorted().toList();
        this.redundant = redundant;
        this.more = more;
        wantAuthEventsOf(join.event());
    }

    @Override
    public boolean hasNext() {
        return phase != Phase.DONE;
    }

    @Override
    public byte[] next() {
        return switch (phase) {
            case BEGINNING -> beginning();
            case STATE -> nextOfState();
            case CHAIN -> nextOfChain();
            case END -> {
                phase = Phase.DONE;
                yield bytes("]}");
            }
            case DONE -> throw new NoSuchElementException();
        };
    }

    private byte[] beginning() {
        phase = Phase.STATE;
        JsonObject small = more.with("event", join.event().json());
        byte[] rendered = Json.write(small);
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        piece.write(rendered, 0, rendered.length - 1);
        piece.writeBytes(bytes(",\"state\":["));
        return piece.toByteArray();
    }

    private byte[] nextOfState() {
        if (sent == state.size()) {
            phase = Phase.CHAIN;
            first = true;
            return bytes("],\"auth_chain\":[");
        }
        List<Long> batch = state.subList(sent, Math.min(sent + BATCH, state.size()));
        sent += batch.size();
        List<StoredEvent> loaded = events.inPassing(join.room(), batch);
        for (StoredEvent event : loaded) {
            wantAuthEventsOf(event.event());
            if (!redundant) {
                inState.add(event.id());
            }
        }
        return rendered(loaded);
    }

    private byte[] nextOfChain() {
        List<EventId> batch = new ArrayList<>();
        while (batch.size() < BATCH && !waiting.isEmpty()) {
            EventId id = waiting.remove();
            if (!inState.contains(id)) {
                batch.add(id);
            }
        }
        if (batch.isEmpty()) {
            phase = Phase.END;
            return new byte[0];
        }
        List<StoredEvent> loaded = events.inPassing(batch);
        loaded.forEach(event -> wantAuthEventsOf(event.event()));
        return rendered(loaded);
    }

    private void wantAuthEventsOf(Event event) {
        for (EventId id : event.authEvents()) {
            if (chain.add(id)) {
                waiting.add(id);
            }
        }
        EventId create = event.roomId().createEvent().orElse(null);
        if (create != null && redundant && chain.add(create)) {
            waiting.add(create);
        }
    }

    private byte[] rendered(Collection<StoredEvent> batch) {
        ByteArrayOutputStream piece = new ByteArrayOutputStream(batch.size() * USUAL_BYTES);
        for (StoredEvent event : batch) {
            if (!first) {
                piece.write(',');
            }
            first = false;
            piece.writeBytes(event.event().bytes());
        }
        return piece.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
