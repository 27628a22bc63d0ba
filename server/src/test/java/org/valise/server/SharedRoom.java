package org.valise.server;

import org.junit.jupiter.api.BeforeEach;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonObject;
import org.valise.server.FakeServer.Answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// A room of Alice's that Mallory and Oscar, of two other servers, have joined: another one for
/// each test.
abstract class SharedRoom extends OneServer {
    static final String MISSING = "/_matrix/federation/v1/get_missing_events/";
    static final String STATE_IDS = "/_matrix/federation/v1/state_ids/";
    static final String EVENT = "/_matrix/federation/v1/event/";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    TestRoom room;

    /// The room as Mallory's server has it.
    SeenRoom seen;

    private Synced before;

    /// Mallory's server has nothing to tell of the room that it is asked for.
    @BeforeEach
    void meet() {
        for (String asked : List.of(MISSING, STATE_IDS, EVENT)) {
            fake.on(asked, request -> Answer.refusal(404, "M_NOT_FOUND"));
        }
        room = TestRoom.open(alice);
        join(fake, MALLORY, room);
        join(other, OSCAR, room);
        seen = seen(fake);
        forgetNews();
    }

    /// The room as it is now.
    SeenRoom seen(FakeServer by) {
        return seen(by, room);
    }

    /// What came until now is not new to Alice any more.
    Synced forgetNews() {
        before = Synced.initial(alice);
        return before;
    }

    /// The bodies of the messages that are new to Alice, once this one is among them.
    List<String> bodiesUntil(String last) {
        List<String> bodies = new ArrayList<>();
        Waiting.untilTrue(() -> {
            before = before.next(alice);
            before.in("join", room.id()).ifPresent(joined -> bodies.addAll(joined.bodies()));
            return bodies.contains(last);
        });
        return bodies;
    }

    /// An event of Mallory's whose ancestor nobody has.
    Event unconnected() {
        JsonObject nobody = JsonObject.of("body", "x" + NUMBERS.incrementAndGet());
        EventId missing =
                seen.draft(MALLORY, "m.room.message", null, nobody).sign(fake.signer()).id();
        JsonObject content = JsonObject.of("msgtype", "m.text", "body", "made up");
        return seen.draft(MALLORY, "m.room.message", null, content)
                .prevEvents(List.of(missing))
                .sign(fake.signer());
    }

    /// What became of an event: nothing if it is not kept.
    static Set<Integer> status(Event event) {
        return Set.copyOf(
                one.database()
                        .read(tx ->
                                tx.query(
                                        "SELECT status FROM rooms.event WHERE event_id = ?",
                                        row -> row.getInt(1),
                                        event.id().value())));
    }

    /// Events that failed softly are kept for those who follow them.
    static boolean isSoftFailed(Event event) {
        return status(event).equals(Set.of(1));
    }

    /// How many events nothing follows yet.
    int extremities() {
        return one.database()
                .read(tx ->
                        tx.only(
                                """
                                SELECT cardinality(h.extremities) FROM rooms.head h
                                JOIN rooms.room r ON r.number = h.room
                                WHERE r.room_id = ? ORDER BY h.version DESC LIMIT 1
                                """,
                                row -> row.getInt(1),
                                room.id()));
    }
}
