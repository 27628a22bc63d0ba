package org.valise.federation.inbound;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.inbound.InboxStore.Item;
import org.valise.federation.inbound.InboxStore.Pending;
import org.valise.federation.inbound.InboxStore.Size;
import org.valise.federation.inbound.PduReceiver.Entry;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.platform.http.Endpoint;
import org.valise.platform.telemetry.Metrics;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// What other servers have sent: written down, answered, and worked off behind that.
///
/// What a server may not send at all is sorted out before: events that are malformed, of rooms that
/// nobody here is in, or of rooms that do not let that server in.
public final class Inbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    /// SECURITY: what one server may have here that is not worked off, in items and bytes.
    static final Size MOST_OF_A_SERVER = new Size(5_000, 64L << 20);

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final long RETRY_MS = 5_000;

    private final Database database;
    private final InboxStore store = new InboxStore();
    private final PduReceiver rooms;
    private final Map<String, EduReceiver> edus = new HashMap<>();
    private final InboxWorker worker;

    /// Servers that are being answered late.
    private final Set<ServerName> late = ConcurrentHashMap.newKeySet();

    /// @param allowed who may federate: what others had sent is dropped
    public Inbox(
            Database database,
            PduReceiver rooms,
            List<EduReceiver> edus,
            Predicate<ServerName> allowed) {
        this.database = database;
        this.rooms = rooms;
        for (EduReceiver receiver : edus) {
            if (this.edus.put(receiver.type(), receiver) != null) {
                throw new IllegalArgumentException("two receive " + receiver.type());
            }
        }
        worker = new InboxWorker(database, store, rooms, Map.copyOf(this.edus), allowed);
    }

    /// Goes on with what was left when the server was stopped.
    public void start() {
        worker.start();
    }

    /// Has what waits looked at again, once the transaction is committed: somebody has entered a
    /// room, or will not.
    public static void wake(Tx tx) {
        InboxWorker.wake(tx);
    }

    /// Shows how much waits; on the node that works it off.
    public void watch(Metrics metrics) {
        metrics.gauge(
                "valise_federation_inbox_items",
                "Events and EDUs of other servers that are not worked off yet",
                worker::size);
    }

    public Endpoint endpoint() {
        return new SendTransactionFederation(this);
    }

    @Override
    public void close() {
        worker.close();
    }

    /// An event that is let in, and the JSON to be kept of it.
    private record Admitted(Item item, Event event) {}

    /// @return what is known already of the PDUs, by event id
    /// @throws MatrixException `M_LIMIT_EXCEEDED` when too much of that server is not worked off
    ///   yet
    JsonObject receive(
            ServerName origin, String transaction, List<JsonObject> pdus, List<JsonObject> given) {
        worker.heardOf(origin);
        JsonObject.Builder results = JsonObject.builder();
        List<Admitted> events = admitted(origin, pdus, results);
        List<Item> items = new ArrayList<>(events.stream().map(Admitted::item).toList());
        List<JsonObject> now = new ArrayList<>();
        for (JsonObject edu : given) {
            EduReceiver receiver = edu.string("edu_type").map(edus::get).orElse(null);
            if (receiver == null || edu.object("content").isEmpty()) {
                continue;
            }
            if (receiver.isVolatile()) {
                now.add(edu);
            } else {
                items.add(new Item(null, Json.write(edu)));
            }
        }
        if (!items.isEmpty()) {
            add(origin, transaction, items, events);
        }
        for (JsonObject edu : now) {
            receiveNow(origin, edu);
        }
        return results.build();
    }

    private List<Admitted> admitted(
            ServerName origin, List<JsonObject> pdus, JsonObject.Builder results) {
        List<Admitted> events = new ArrayList<>();
        Map<RoomId, Entry> entries = new HashMap<>();
        for (JsonObject pdu : pdus) {
            Optional<RoomId> room = pdu.string("room_id").flatMap(RoomId::tryParse);
            if (room.isEmpty()) {
                continue;
            }
            switch (entries.computeIfAbsent(room.get(), id -> rooms.entry(origin, id))) {
                case Entry.Ignored() -> {}
                // "If the sending server is denied access to the room identified by room_id, the
                // PDU MUST be ignored with an appropriate error included in the response for the
                // respective event ID."
                case Entry.Refused refused ->
                        parsed(refused, pdu)
                                .ifPresent(event ->
                                        results.put(
                                                event.id().value(),
                                                JsonObject.of("error", refused.error())));
                case Entry.Known open ->
                        parsed(open, pdu)
                                .ifPresent(event -> {
                                    results.put(event.id().value(), JsonObject.of());
                                    events.add(
                                            new Admitted(
                                                    new Item(room.get(), event.bytes()), event));
                                });
            }
        }
        return events;
    }

    /// What is no valid event is dropped.
    private static Optional<Event> parsed(Entry.Known room, JsonObject pdu) {
        try {
            return Optional.of(Event.parse(room.version(), pdu));
        } catch (InvalidEvent e) {
            return Optional.empty();
        }
    }

    private void add(
            ServerName origin, String transaction, List<Item> items, List<Admitted> events) {
        requireSpace(origin);
        boolean mine = worker.isMine();
        List<Long> numbers =
                mine
                        ? database.read(tx -> store.add(tx, origin, transaction, items))
                        : database.transaction(tx -> {
                            List<Long> added = store.add(tx, origin, transaction, items);
                            InboxWorker.wake(tx);
                            return added;
                        });
        if (mine) {
            for (int i = 0; i < numbers.size(); i++) {
                Pending pending = new Pending(numbers.get(i), origin, items.get(i).room());
                worker.add(pending, i < events.size() ? events.get(i).event() : null);
            }
        }
    }

    /// A server sends one transaction after the other: it is slowed down by being answered late.
    private void requireSpace(ServerName origin) {
        if (hasSpace(origin)) {
            return;
        }
        // SECURITY: what waits is in memory, so no more than one of a server does.
        boolean came = late.add(origin);
        try {
            if (!came || !comesFree(origin)) {
                throw new MatrixException(
                                ErrorCode.M_LIMIT_EXCEEDED,
                                "Too much of what you sent is not worked off yet")
                        .with("retry_after_ms", RETRY_MS);
            }
        } finally {
            if (came) {
                late.remove(origin);
            }
        }
    }

    private boolean comesFree(ServerName origin) {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (System.nanoTime() - end < 0) {
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (hasSpace(origin)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasSpace(ServerName origin) {
        Size size = database.read(tx -> store.size(tx, origin));
        return size.items() < MOST_OF_A_SERVER.items() && size.bytes() < MOST_OF_A_SERVER.bytes();
    }

    private void receiveNow(ServerName origin, JsonObject edu) {
        EduReceiver receiver = edu.string("edu_type").map(edus::get).orElseThrow();
        try {
            receiver.receive(origin, edu.object("content").orElseThrow());
        } catch (RuntimeException e) {
            LOG.debug("an EDU {} of {} was dropped", receiver.type(), origin, e);
        }
    }
}
