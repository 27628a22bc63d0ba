package org.valise.server;

import org.valise.platform.database.Database;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What must hold in a database whatever has happened to the server.
final class RoomInvariants {
    private final Database database;
    private final EventStore events;
    private final StateStore states;
    private final StateKeys keys;
    private final List<String> violations = new ArrayList<>();

    RoomInvariants(Database database) {
        this.database = database;
        this.events = new EventStore(database);
        this.states = new StateStore(database, 1 << 20);
        this.keys = new StateKeys(database);
    }

    List<String> violations() {
        for (long room :
                database.read(
                        tx -> tx.query("SELECT number FROM rooms.room", row -> row.getLong(1)))) {
            check(room);
        }
        return violations;
    }

    private void check(long room) {
        List<StoredEvent> all = new ArrayList<>();
        RoomOrder place = RoomOrder.FIRST;
        while (true) {
            List<StoredEvent> page = events.from(room, place, Long.MAX_VALUE, 1_000);
            all.addAll(page);
            if (page.isEmpty()) {
                break;
            }
            RoomOrder last = page.getLast().order();
            place = new RoomOrder(last.segment(), last.index() + 1);
        }
        checkPositions(room, all);
        checkExtremities(room, all);
        checkState(room, all);
    }

    private void checkPositions(long room, List<StoredEvent> all) {
        long last =
                database.read(
                        tx -> tx.only("SELECT stream.last_position()", row -> row.getLong(1)));
        long before = 0;
        for (StoredEvent event : all) {
            require(event.position() > before, room, event + " is not after the one before");
            require(event.position() <= last, room, event + " is beyond the last commit");
            before = event.position();
        }
    }

    /// Forward extremities are the accepted, not soft-failed, non-outlier events without an
    /// accepted child.
    private void checkExtremities(long room, List<StoredEvent> all) {
        Set<EventId> expected = new HashSet<>();
        all.forEach(event -> expected.add(event.id()));
        all.stream()
                .filter(event -> event.status() == EventStatus.ACCEPTED)
                .flatMap(event -> event.event().prevEvents().stream())
                .forEach(expected::remove);
        Set<EventId> stored = new HashSet<>();
        Long[] numbers =
                database.read(tx ->
                        tx.only(
                                """
                                SELECT extremities FROM rooms.head WHERE room = ?
                                ORDER BY version DESC LIMIT 1
                                """,
                                row -> (Long[]) row.getArray(1).getArray(),
                                room));
        for (long number : numbers) {
            all.stream()
                    .filter(event -> event.number() == number)
                    .forEach(event -> stored.add(event.id()));
        }
        require(expected.equals(stored), room, "extremities " + stored + ", not " + expected);
    }

    /// In a room that never forked, state is the fold of the timeline.
    private void checkState(long room, List<StoredEvent> all) {
        Map<StateKey, EventId> fold = new HashMap<>();
        Map<Long, StoredEvent> byNumber = new HashMap<>();
        for (StoredEvent event : all) {
            byNumber.put(event.number(), event);
            require(
                    entries(states.snapshot(event.snapshotBefore()), byNumber).equals(fold),
                    room,
                    "the state before " + event + " is not the fold of what came before");
            Event content = event.event();
            if (event.isState()) {
                fold.put(content.key(), event.id());
            }
        }
        long current =
                database.read(tx ->
                        tx.only(
                                """
                                SELECT snapshot FROM rooms.current_state WHERE room = ?
                                ORDER BY position DESC LIMIT 1
                                """,
                                row -> row.getLong(1),
                                room));
        require(
                entries(states.snapshot(current), byNumber).equals(fold),
                room,
                "the current state is not the fold of the timeline");
        checkMemberships(room, byNumber, states.snapshot(current));
    }

    private void checkMemberships(
            long room, Map<Long, StoredEvent> byNumber, StateSnapshot current) {
        Map<Long, Membership> newest = new HashMap<>();
        database.run(tx ->
                tx.each(
                        """
                        SELECT DISTINCT ON (user_number) event, membership
                        FROM rooms.membership WHERE room = ?
                        ORDER BY user_number, position DESC
                        """,
                        row -> newest.put(row.getLong(1), Membership.of(row.getInt(2))),
                        room));
        current.forEachMember((key, number) -> {
            StoredEvent member = byNumber.get(number);
            require(
                    member != null
                            && Membership.of(member.event().content())
                                    .equals(Optional.ofNullable(newest.get(number))),
                    room,
                    "membership of " + keys.name(key).key() + " differs from the state");
        });
        require(
                current.memberEntries() == newest.size(),
                room,
                "not as many memberships as " + EventTypes.MEMBER + " entries");
    }

    private Map<StateKey, EventId> entries(StateSnapshot state, Map<Long, StoredEvent> byNumber) {
        Map<StateKey, EventId> entries = new HashMap<>();
        StateSnapshot.Entry add =
                (key, number) -> {
                    StoredEvent event = byNumber.get(number);
                    entries.put(
                            keys.name(key),
                            event == null ? EventId.parse("$missing:" + number) : event.id());
                };
        state.forEachMember(add);
        state.forEachOther(add);
        return entries;
    }

    private void require(boolean holds, long room, String what) {
        if (!holds) {
            violations.add("room " + room + ": " + what);
        }
    }
}
