package org.valise.rooms.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.federation.keys.Ed25519;
import org.valise.platform.http.Caller;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Signer;
import org.valise.protocol.stateresolution.EventLookup;
import org.valise.protocol.stateresolution.Resolution;
import org.valise.protocol.stateresolution.StateResolution;
import org.valise.rooms.TestNode;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;
import org.valise.testing.TestDatabase;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Events of another server: forks and merges, refusals, and the state that comes of them.
final class AdmissionTest {
    private static final UserId ROSE = UserId.parse("@rose:remote.example");
    private static final Signer REMOTE =
            new Signer() {
                @Override
                public ServerName server() {
                    return ServerName.parse("remote.example");
                }

                @Override
                public KeyId keyId() {
                    return KeyId.parse("ed25519:1");
                }

                @Override
                public byte[] sign(byte[] message) {
                    return new byte[64];
                }
            };

    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final Caller alice = node.caller("alice");
    private final Map<EventId, Event> all = new HashMap<>();
    private long clock = 1_000;

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void resolvesRandomForksLikeTheWholeStateResolution(RoomVersion version) {
        for (long seed = 0; seed < 3; seed++) {
            forkAtRandom(version, seed);
        }
    }

    private void forkAtRandom(RoomVersion version, long seed) {
        SplittableRandom random = new SplittableRandom(seed * 31 + version.ordinal());
        RoomRef room = roomWithRose(version);
        List<Event> tips = new ArrayList<>(List.of(newest(room)));
        Map<EventId, Map<StateKey, EventId>> stateAfter = new HashMap<>();
        stateAfter.put(tips.getFirst().id(), current(room));
        for (int step = 0; step < 25; step++) {
            List<Event> parents = new ArrayList<>();
            parents.add(tips.get(random.nextInt(tips.size())));
            if (random.nextInt(4) == 0) {
                parents.add(tips.get(random.nextInt(tips.size())));
            }
            List<Event> distinct = parents.stream().distinct().toList();
            Map<StateKey, EventId> before =
                    resolved(
                            version,
                            distinct.stream().map(parent -> stateAfter.get(parent.id())).toList());
            Event event = remoteEvent(room, distinct, before, random, step);
            all.put(event.id(), event);
            Admission admission =
                    node.rooms.lanes().write(room, writer -> writer.admit(event, null));
            if (admission instanceof Admission.Rejected) {
                continue; // what the remote did was not allowed where it did it
            }
            assertThat(before)
                    .as("state before step %d of seed %d", step, seed)
                    .isEqualTo(
                            entries(
                                    room,
                                    node.rooms
                                            .states()
                                            .snapshot(stored(event.id()).snapshotBefore())));
            Map<StateKey, EventId> after = new TreeMap<>(before);
            if (event.isState()) {
                after.put(event.key(), event.id());
            }
            stateAfter.put(event.id(), after);
            tips.add(event);
        }
        Head head =
                new HeadStore(database.database(), node.rooms.events(), node.rooms.states())
                        .load(room.number());
        Map<StateKey, EventId> expected =
                resolved(
                        version,
                        head.extremities().stream()
                                .map(extremity -> stateAfter.get(extremity.id()))
                                .toList());
        assertThat(entries(room, head.current())).as("seed %d", seed).isEqualTo(expected);
        RoomView view = node.rooms.views().get(room.number());
        assertThat(view.stateAt(node.stream.applied()).sameAs(head.current())).isTrue();
    }

    @Test
    void namesWhatIsMissingAndDoesNothing() {
        RoomRef room = roomWithRose(RoomVersion.V10);
        Event unknownParent =
                message(room, List.of(newest(room)), current(room), "never sent here");
        Event child = message(room, List.of(unknownParent), current(room), "child");
        Admission admission = node.rooms.lanes().write(room, writer -> writer.admit(child, null));
        assertThat(admission)
                .isInstanceOfSatisfying(
                        Admission.Lacks.class,
                        lacks -> assertThat(lacks.missing()).containsExactly(unknownParent.id()));
        assertThat(node.rooms.events().byId(child.id())).isEmpty();
    }

    @Test
    void keepsARejectedEventFromReadersAndFromTheState() {
        RoomRef room = roomWithRose(RoomVersion.V10);
        long before = node.stream.applied();
        Map<StateKey, EventId> state = current(room);
        Event forged =
                remote(
                        room,
                        List.of(newest(room)),
                        state,
                        "m.room.power_levels",
                        "",
                        JsonObject.of("users", JsonObject.of(ROSE.value(), 100)));
        Admission admission = node.rooms.lanes().write(room, writer -> writer.admit(forged, null));
        assertThat(admission).isInstanceOf(Admission.Rejected.class);
        assertThat(current(room)).isEqualTo(state);
        RoomView view = node.rooms.views().get(room.number());
        assertThat(view.timeline(before, Long.MAX_VALUE, 10).events()).isEmpty();
    }

    @Test
    void softFailsWhatThePresentStateForbids() {
        RoomRef room = roomWithRose(RoomVersion.V10);
        Event parent = newest(room);
        Map<StateKey, EventId> state = current(room);
        node.rooms.membershipChanger().ban(alice, room.id(), ROSE, "bye", 5);
        Event late = message(room, List.of(parent), state, "sent before I knew");
        Admission admission = node.rooms.lanes().write(room, writer -> writer.admit(late, null));
        assertThat(admission).isInstanceOf(Admission.SoftFailed.class);
        assertThat(stored(late.id()).position()).isZero();
        assertThat(stored(late.id()).order()).isNull();
        Event next =
                node.rooms
                        .lanes()
                        .write(
                                room,
                                writer ->
                                        writer.send(
                                                Draft.message(
                                                        "m.room.message",
                                                        alice.user(),
                                                        JsonObject.of(),
                                                        9)))
                        .event();
        assertThat(next.prevEvents()).doesNotContain(late.id());
    }

    @Test
    void doesNothingTwice() {
        RoomRef room = roomWithRose(RoomVersion.V12);
        Event event = message(room, List.of(newest(room)), current(room), "once");
        assertThat(node.rooms.lanes().<Admission>write(room, writer -> writer.admit(event, null)))
                .isInstanceOf(Admission.Accepted.class);
        assertThat(node.rooms.lanes().<Admission>write(room, writer -> writer.admit(event, null)))
                .isInstanceOf(Admission.Known.class);
    }

    @Test
    void findsWhatIsCommittedWhileItIsWriting() throws Exception {
        RoomRef room = roomWithRose(RoomVersion.V12);
        Event first = message(room, List.of(newest(room)), current(room), "first");
        Event second = message(room, List.of(first), current(room), "second");
        try (Connection other = database.database().connectAlone("test");
                Statement lock = other.createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            lock.execute("SELECT pg_advisory_lock(8620726155216617)"); // no commit gets through
            Future<Admission> underway =
                    threads.submit(
                            () -> node.rooms.lanes().write(room, one -> one.admit(first, null)));
            while (node.rooms.lanes().write(room, writer -> writer.uncommitted().isEmpty())) {
                Thread.onSpinWait();
            }
            List<Event> events =
                    new AbstractList<>() {
                        @Override
                        public Event get(int index) {
                            return second;
                        }

                        @Override
                        public int size() {
                            return 1;
                        }

                        @Override
                        public Stream<Event> stream() { // what they name is read by now
                            try {
                                lock.execute("SELECT pg_advisory_unlock_all()");
                                assertThat(underway.get()).isInstanceOf(Admission.Accepted.class);
                            } catch (SQLException | InterruptedException | ExecutionException e) {
                                throw new IllegalStateException(e);
                            }
                            return super.stream();
                        }
                    };
            Map<EventId, Admission> admitted =
                    node.rooms.lanes().write(room, writer -> writer.admitAll(events));
            assertThat(admitted.get(second.id())).isInstanceOf(Admission.Accepted.class);
        }
    }

    private Event remoteEvent(
            RoomRef room,
            List<Event> parents,
            Map<StateKey, EventId> state,
            SplittableRandom random,
            int step) {
        return switch (random.nextInt(4)) {
            case 0 ->
                    remote(
                            room,
                            parents,
                            state,
                            "m.room.topic",
                            "",
                            JsonObject.of("topic", "t" + step));
            case 1 ->
                    remote(
                            room,
                            parents,
                            state,
                            "m.room.name",
                            "",
                            JsonObject.of("name", "n" + step));
            case 2 ->
                    remote(
                            room,
                            parents,
                            state,
                            "m.room.member",
                            ROSE.value(),
                            JsonObject.of("membership", "join", "displayname", "Rose " + step));
            default -> message(room, parents, state, "m" + step);
        };
    }

    private Event message(
            RoomRef room, List<Event> parents, Map<StateKey, EventId> state, String body) {
        return remote(room, parents, state, "m.room.message", null, JsonObject.of("body", body));
    }

    private Event remote(
            RoomRef room,
            List<Event> parents,
            Map<StateKey, EventId> state,
            String type,
            @Nullable String stateKey,
            JsonObject content) {
        RoomVersion version = room.version();
        EventBuilder builder =
                EventBuilder.of(version)
                        .roomId(room.id())
                        .type(type)
                        .stateKey(stateKey)
                        .sender(ROSE)
                        .content(content)
                        .prevEvents(parents.stream().map(Event::id).toList())
                        .authEvents(
                                AuthRules.authEventKeys(version, type, stateKey, ROSE, content)
                                        .stream()
                                        .map(state::get)
                                        .filter(id -> id != null)
                                        .toList())
                        .depth(parents.stream().mapToLong(Event::depth).max().orElse(0) + 1)
                        .originServerTs(clock++);
        if (!version.has(Tweak.EVENT_ID_IS_HASH)) {
            builder.eventId(EventId.parse("$e" + clock + ":remote.example"));
        }
        return builder.sign(REMOTE);
    }

    private RoomRef roomWithRose(RoomVersion version) {
        RoomId id =
                node.createRoom(
                        alice,
                        JsonObject.of(
                                "room_version",
                                version.id(),
                                "preset",
                                "public_chat",
                                "power_level_content_override",
                                JsonObject.of("state_default", 0, "events", JsonObject.of())));
        RoomRef room = node.rooms.rooms().find(id).orElseThrow();
        Event join =
                remote(
                        room,
                        List.of(newest(room)),
                        current(room),
                        "m.room.member",
                        ROSE.value(),
                        JsonObject.of("membership", "join"));
        assertThat(node.rooms.lanes().<Admission>write(room, writer -> writer.admit(join, null)))
                .isInstanceOf(Admission.Accepted.class);
        node.rooms
                .events()
                .store()
                .stateEvents(room.number())
                .forEach(event -> all.put(event.id(), event.event()));
        return room;
    }

    private Event newest(RoomRef room) {
        return node.rooms
                .views()
                .get(room.number())
                .timeline(0, Long.MAX_VALUE, 1)
                .events()
                .getLast()
                .event();
    }

    private Map<StateKey, EventId> current(RoomRef room) {
        return entries(room, node.rooms.views().get(room.number()).stateAt(Long.MAX_VALUE));
    }

    private Map<StateKey, EventId> entries(RoomRef room, StateSnapshot snapshot) {
        Map<StateKey, EventId> entries = new TreeMap<>();
        StateSnapshot.Entry add =
                (key, event) ->
                        entries.put(
                                node.rooms.keys().name(key),
                                node.rooms.events().get(room.number(), event).id());
        snapshot.forEachMember(add);
        snapshot.forEachOther(add);
        return entries;
    }

    private StoredEvent stored(EventId id) {
        return node.rooms.events().byId(id).orElseThrow();
    }

    private Map<StateKey, EventId> resolved(
            RoomVersion version, List<Map<StateKey, EventId>> states) {
        if (states.stream().distinct().count() == 1) {
            return states.getFirst();
        }
        EventLookup lookup = all::get;
        return new TreeMap<>(
                ((Resolution.Resolved)
                                StateResolution.resolve(version, states, lookup, Ed25519.fastest()))
                        .state());
    }
}
