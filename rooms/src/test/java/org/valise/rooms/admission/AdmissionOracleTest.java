package org.valise.rooms.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.platform.http.Caller;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/// Random rooms with forks reach this server in random order, with events missing, as outliers and
/// by backfill; in the end everything is as if it had been there all the time.
final class AdmissionOracleTest {
    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final Caller alice = node.caller("alice");

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void endsAsIfEverythingHadBeenHereAllTheTime(RoomVersion version) {
        new Story(version, 100L * version.ordinal()).tell();
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void endsSoForManySeeds(RoomVersion version) {
        long first = System.nanoTime(); // each failure names its seed
        for (long seed = first; seed < first + 100; seed++) {
            new Story(version, seed).tell();
        }
    }

    private final class Story {
        private final Random random;
        private final String seed;
        private final RemoteRoom remote;
        private final LocalRoom room;

        /// What the room's extremities are, kept the slow way: nothing is shared with the engine.
        private final Set<EventId> inGraph = new HashSet<>();

        private final Set<EventId> held = new HashSet<>();
        private final Set<EventId> accepted = new HashSet<>();

        Story(RoomVersion version, long seed) {
            this.random = new Random(seed);
            this.seed = "seed " + seed;
            this.remote = new RemoteRoom(version, seed);
            this.room = new LocalRoom(node, remote);
        }

        void tell() {
            fork(12);
            Event join = room.join(alice, remote.newest());
            inGraph.add(join.id());
            accepted.add(join.id());
            fork(30);
            List<Event> unsent =
                    remote.all().stream()
                            .filter(event -> event.depth() >= join.depth() - 3)
                            .filter(event -> !event.id().equals(join.id()))
                            .collect(Collectors.toCollection(ArrayList::new));
            disturb(unsent);
            unsent.forEach(this::deliver);
            room.fillAllGaps(1 + random.nextInt(8));
            // What was neither an ancestor of what is here nor delivered is a fork that ended
            // early.
            remote.all().forEach(event -> room.receive(event));
            remote.all().forEach(event -> settle(event.id()));
            compare();
        }

        private void fork(int steps) {
            List<Event> tips = new ArrayList<>(List.of(remote.newest()));
            for (int step = 0; step < steps; step++) {
                Set<Event> parents = new HashSet<>();
                for (int i = 0; i <= random.nextInt(2); i++) {
                    parents.add(tips.get(random.nextInt(tips.size())));
                }
                List<Event> sorted =
                        parents.stream().sorted(Comparator.comparing(Event::id)).toList();
                Event event = anything(sorted, step);
                if (remote.isRejected(event.id())) {
                    continue; // well-behaved servers do not build on it
                }
                if (random.nextInt(3) > 0) {
                    tips.removeAll(parents);
                }
                tips.add(event);
            }
            remote.say(
                    tips.subList(0, Math.min(10, tips.size())),
                    RemoteRoom.ROSE,
                    "m.room.message",
                    null,
                    JsonObject.of("body", "all together"));
        }

        private Event anything(List<Event> parents, int step) {
            UserId ralf = RemoteRoom.RALF;
            UserId rose = RemoteRoom.ROSE;
            UserId either = random.nextBoolean() ? rose : ralf;
            return switch (random.nextInt(9)) {
                case 0 ->
                        remote.say(
                                parents,
                                either,
                                "m.room.topic",
                                "",
                                JsonObject.of("topic", "t" + step));
                case 1 ->
                        remote.say(
                                parents,
                                either,
                                "m.room.name",
                                "",
                                JsonObject.of("name", "n" + step));
                case 2 ->
                        remote.say(
                                parents,
                                either,
                                "m.room.member",
                                either.value(),
                                JsonObject.of("membership", "join", "displayname", "x" + step));
                case 3 ->
                        remote.say(
                                parents,
                                rose,
                                "m.room.member",
                                ralf.value(),
                                RemoteRoom.member(random.nextBoolean() ? "ban" : "leave"));
                case 4 ->
                        remote.say(
                                parents,
                                ralf,
                                "m.room.member",
                                ralf.value(),
                                RemoteRoom.member(random.nextBoolean() ? "join" : "leave"));
                case 5 ->
                        remote.say(
                                parents,
                                ralf,
                                "m.room.member",
                                rose.value(),
                                RemoteRoom.member("ban"));
                default ->
                        remote.say(
                                parents,
                                either,
                                "m.room.message",
                                null,
                                JsonObject.of("body", "m" + step));
            };
        }

        /// Roughly in order, as events arrive from several servers.
        private void disturb(List<Event> events) {
            for (int i = 0; i < events.size(); i++) {
                Collections.swap(events, i, Math.min(events.size() - 1, i + random.nextInt(5)));
            }
        }

        private void deliver(Event event) {
            Expected expected = expected(event);
            Admission first = room.receive(event);
            if (!(first instanceof Admission.Lacks)) {
                expected.confirm(first);
                settle(event.id());
                return;
            }
            assertThat(expected.lacks).as("%s lacks ancestors, %s", event, seed).isTrue();
            switch (random.nextInt(3)) {
                case 0 -> {
                    assertThat(room.hold(event)).isInstanceOf(Admission.Waiting.class);
                    held.add(event.id());
                }
                case 1 -> {
                    room.fetchState(event);
                    settle(event.id()); // somebody may have waited for a part of it
                    Expected now = expected(event);
                    now.confirm(room.receiveWithState(event));
                    settle(event.id());
                }
                default -> {
                    // As /get_missing_events would: what is found is received first.
                    remote.backfill(event.prevEvents(), 4).forEach(this::deliverQuietly);
                    deliverQuietly(event);
                }
            }
        }

        private void deliverQuietly(Event event) {
            Expected expected = expected(event);
            Admission admission = room.receive(event);
            if (!(admission instanceof Admission.Lacks)) {
                expected.confirm(admission);
                settle(event.id());
            }
        }

        private Expected expected(Event event) {
            assertThat(headOf(room)).as("extremities before %s, %s", event, seed).isEqualTo(tips());
            assertThat(room.current())
                    .as("current state before %s, %s", event, seed)
                    .isEqualTo(remote.resolved(tips()));
            return new Expected(
                    event,
                    inGraph.contains(event.id()),
                    !inGraph.containsAll(event.prevEvents()),
                    room.missing().contains(event.id()),
                    remote.isRejected(event.id()),
                    remote.isAllowed(event, remote.resolved(tips())));
        }

        private final class Expected {
            final Event event;
            final boolean known;
            final boolean lacks;
            final boolean old;
            final boolean rejected;
            final boolean allowedNow;

            Expected(
                    Event event,
                    boolean known,
                    boolean lacks,
                    boolean old,
                    boolean rejected,
                    boolean allowedNow) {
                this.event = event;
                this.known = known;
                this.lacks = lacks;
                this.old = old;
                this.rejected = rejected;
                this.allowedNow = allowedNow;
            }

            void confirm(Admission admission) {
                Class<? extends Admission> kind =
                        known
                                ? Admission.Known.class
                                : rejected
                                        ? Admission.Rejected.class
                                        : old || allowedNow
                                                ? Admission.Accepted.class
                                                : Admission.SoftFailed.class;
                assertThat(admission).as("%s, %s", event, seed).isInstanceOf(kind);
            }
        }

        /// Follows what the engine says it took in, the waiting ones included.
        private void settle(EventId delivered) {
            Set<EventId> fresh = new HashSet<>(held);
            fresh.add(delivered);
            for (EventId id : fresh) {
                node.rooms
                        .events()
                        .store()
                        .byId(id)
                        .filter(StoredEvent::isInGraph)
                        .filter(stored -> inGraph.add(id))
                        .ifPresent(stored -> {
                            held.remove(id);
                            if (stored.status() == EventStatus.ACCEPTED) {
                                accepted.add(id);
                            }
                        });
            }
        }

        private Set<EventId> tips() {
            Set<EventId> tips = new HashSet<>(accepted);
            accepted.forEach(id -> tips.removeAll(remote.event(id).prevEvents()));
            return tips;
        }

        private void compare() {
            for (Event event : remote.all()) {
                StoredEvent stored = room.stored(event.id());
                assertThat(stored.isInGraph()).as("%s, %s", stored, seed).isTrue();
                assertThat(stored.status() == EventStatus.REJECTED)
                        .as("%s is rejected, %s", stored, seed)
                        .isEqualTo(remote.isRejected(event.id()));
                assertThat(room.before(event.id()))
                        .as("state before %s, %s", stored, seed)
                        .isEqualTo(remote.stateBefore(event.id()));
                if (stored.status() == EventStatus.ACCEPTED) {
                    accepted.add(event.id());
                }
            }
            compareOrder();
            assertThat(headOf(room)).as("extremities, %s", seed).isEqualTo(tips());
            assertThat(room.current())
                    .as("current state, %s", seed)
                    .isEqualTo(remote.resolved(tips()));
            assertThat(room.store().waiting(room.ref.number())).as(seed).isEmpty();
            try (TestNode other = new TestNode(database.database())) {
                LocalRoom there = new LocalRoom(other, remote);
                assertThat(there.current())
                        .as("after a restart, %s", seed)
                        .isEqualTo(room.current());
            }
        }

        private void compareOrder() {
            List<StoredEvent> history = room.history();
            assertThat(history.stream().map(StoredEvent::id))
                    .as("room order, %s", seed)
                    .doesNotHaveDuplicates()
                    .hasSameElementsAs(accepted);
            List<Long> positions =
                    history.stream().map(StoredEvent::position).filter(p -> p != 0).toList();
            assertThat(positions).as("live events stand as they came, %s", seed).isSorted();
            assertThat(room.timeline(0))
                    .as("what was backfilled is in no timeline, %s", seed)
                    .containsExactlyElementsOf(
                            history.stream()
                                    .filter(event -> event.position() != 0)
                                    .map(StoredEvent::id)
                                    .toList());
        }

        private Set<EventId> headOf(LocalRoom local) {
            Long[] numbers =
                    node.database.read(tx ->
                            tx.only(
                                    """
                                    SELECT extremities FROM rooms.head WHERE room = ?
                                    ORDER BY version DESC LIMIT 1
                                    """,
                                    row -> (Long[]) row.getArray(1).getArray(),
                                    local.ref.number()));
            Collection<Long> wanted = List.of(numbers);
            return node.rooms.events().load(local.ref.number(), wanted).values().stream()
                    .map(StoredEvent::id)
                    .collect(Collectors.toSet());
        }
    }
}
