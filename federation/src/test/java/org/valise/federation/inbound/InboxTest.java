package org.valise.federation.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Signer;
import org.valise.testing.TestDatabase;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

class InboxTest {
    private static final TestDatabase TEST =
            TestDatabase.create(List.of("org/valise/federation/migration"));
    private static final RoomVersion VERSION = RoomVersion.of("11").orElseThrow();
    private static final ServerName ORIGIN = ServerName.parse("origin.test");
    private static final ServerName OTHER = ServerName.parse("other.test");
    private static final RoomId ROOM = RoomId.parse("!room:origin.test");
    private static final RoomId SECOND = RoomId.parse("!second:origin.test");
    private static final RoomId CLOSED = RoomId.parse("!closed:origin.test");

    private final List<Inbox> inboxes = new ArrayList<>();
    private final Rooms rooms = new Rooms();
    private final BlockingQueue<String> edus = new LinkedBlockingQueue<>();
    private final Set<ServerName> denied = ConcurrentHashMap.newKeySet();

    /// Rooms that do what the test says.
    private static final class Rooms implements PduReceiver {
        final BlockingQueue<EventId> received = new LinkedBlockingQueue<>();
        final BlockingQueue<EventId> asked = new LinkedBlockingQueue<>();
        final Set<EventId> lacking = ConcurrentHashMap.newKeySet();
        final Set<EventId> poison = ConcurrentHashMap.newKeySet();
        final AtomicInteger failures = new AtomicInteger();
        final Set<RoomId> awaited = ConcurrentHashMap.newKeySet();

        @Override
        public Entry entry(ServerName origin, RoomId room) {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("as the test wants it");
            }
            if (awaited.contains(room)) {
                return new Entry.Awaited(VERSION);
            }
            if (room.equals(CLOSED)) {
                return new Entry.Refused(VERSION, "not you");
            }
            return room.equals(ROOM) || room.equals(SECOND)
                    ? new Entry.Open(VERSION)
                    : new Entry.Ignored();
        }

        @Override
        public Set<EventId> receive(RoomId room, List<Received> events) {
            Set<EventId> lacks = new HashSet<>();
            for (Received each : events) {
                EventId id = each.event().id();
                if (poison.contains(id)) {
                    throw new IllegalStateException("as the test wants it");
                }
                if (lacking.contains(id)) {
                    lacks.add(id);
                }
            }
            events.stream()
                    .map(each -> each.event().id())
                    .filter(id -> !lacks.contains(id))
                    .forEach(received::add);
            return lacks;
        }

        @Override
        public Set<EventId> receiveAsking(
                RoomId room, ServerName origin, List<Event> events, boolean last) {
            Set<EventId> again = new HashSet<>();
            for (Event event : events) {
                if (lacking.contains(event.id()) || poison.contains(event.id())) {
                    again.add(event.id());
                }
                asked.add(event.id());
            }
            return again;
        }
    }

    private final class Edus implements EduReceiver {
        @Override
        public String type() {
            return "m.test";
        }

        @Override
        public void receive(ServerName origin, JsonObject content) {
            edus.add(origin + " " + content.string("what").orElse(""));
        }
    }

    @BeforeEach
    void empty() {
        TEST.database()
                .run(tx -> tx.update("TRUNCATE federation.inbox, federation.received_transaction"));
    }

    @AfterEach
    void closeInboxes() {
        inboxes.forEach(Inbox::close);
    }

    @AfterAll
    static void close() {
        TEST.close();
    }

    private Inbox inbox() {
        Inbox inbox =
                new Inbox(
                        TEST.database(),
                        rooms,
                        List.of(new Edus()),
                        origin -> !denied.contains(origin));
        inboxes.add(inbox);
        return inbox;
    }

    private static Event event(RoomId room, String body) {
        return EventBuilder.of(VERSION)
                .roomId(room)
                .type("m.room.message")
                .sender(UserId.parse("@a:origin.test"))
                .content(JsonObject.of("body", body))
                .prevEvents(List.of())
                .authEvents(List.of())
                .depth(1)
                .originServerTs(1)
                .sign(
                        new Signer() {
                            @Override
                            public ServerName server() {
                                return ORIGIN;
                            }

                            @Override
                            public KeyId keyId() {
                                return KeyId.ed25519("a");
                            }

                            @Override
                            public byte[] sign(byte[] message) {
                                return new byte[64];
                            }
                        });
    }

    private static JsonObject edu(String what) {
        return JsonObject.of("edu_type", "m.test", "content", JsonObject.of("what", what));
    }

    private static JsonObject send(Inbox inbox, String transaction, Event... events) {
        return inbox.receive(
                ORIGIN, transaction, List.of(events).stream().map(Event::json).toList(), List.of());
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(60, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    private static void await(Supplier<Boolean> condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.get()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private static boolean isEmpty() {
        return TEST.database()
                .read(tx -> tx.only("SELECT count(*) FROM federation.inbox", r -> r.getLong(1)))
                .equals(0L);
    }

    @Test
    void answersAtOnceAndWorksOffLater() throws Exception {
        Inbox inbox = inbox();
        Event event = event(ROOM, "one");
        JsonObject answer = send(inbox, "t1", event);
        assertThat(answer).isEqualTo(JsonObject.of(event.id().value(), JsonObject.of()));
        assertThat(rooms.received).isEmpty();
        inbox.start();
        assertThat(next(rooms.received)).isEqualTo(event.id());
        await(InboxTest::isEmpty);
    }

    @Test
    void theSameTransactionTwiceDoesNothingTwice() throws Exception {
        Inbox inbox = inbox();
        inbox.start();
        Event one = event(ROOM, "one");
        inbox.receive(ORIGIN, "t1", List.of(one.json()), List.of(edu("once")));
        inbox.receive(ORIGIN, "t1", List.of(one.json()), List.of(edu("once")));
        Event two = event(ROOM, "two");
        inbox.receive(ORIGIN, "t2", List.of(two.json()), List.of(edu("then")));
        assertThat(next(rooms.received)).isEqualTo(one.id());
        assertThat(next(rooms.received)).isEqualTo(two.id());
        assertThat(next(edus)).isEqualTo("origin.test once");
        assertThat(next(edus)).isEqualTo("origin.test then");
        inbox.receive(OTHER, "t1", List.of(), List.of(edu("mine")));
        assertThat(next(edus)).isEqualTo("other.test mine");
    }

    @Test
    void whatWasAnsweredIsWorkedOffAfterARestart() throws Exception {
        send(inbox(), "t1", event(ROOM, "one"), event(SECOND, "two"));
        Inbox restarted = inbox();
        restarted.start();
        assertThat(Set.of(next(rooms.received), next(rooms.received)))
                .containsExactlyInAnyOrder(event(ROOM, "one").id(), event(SECOND, "two").id());
        await(InboxTest::isEmpty);
    }

    @Test
    void anotherNodeHandsOverToTheOneThatWorksOff() throws Exception {
        Inbox first = inbox();
        first.start();
        await(() -> {
            Event event = event(ROOM, "probe " + System.nanoTime());
            send(first, "p" + System.nanoTime(), event);
            return rooms.received.remove(event.id());
        });
        Inbox second = inbox();
        second.start();
        rooms.received.clear();
        Event event = event(ROOM, "through the second node");
        send(second, "t1", event);
        await(() -> rooms.received.contains(event.id()));
        first.close();
        Event later = event(ROOM, "after the first has gone");
        send(second, "t2", later);
        await(() -> rooms.received.contains(later.id()));
    }

    @Test
    void anEventThatLacksOthersIsAskedForAndTriedAgain() throws Exception {
        Event lacking = event(ROOM, "lacking");
        Event fine = event(ROOM, "fine");
        rooms.lacking.add(lacking.id());
        Inbox inbox = inbox();
        inbox.start();
        send(inbox, "t1", lacking, fine);
        assertThat(next(rooms.received)).isEqualTo(fine.id());
        assertThat(next(rooms.asked)).isEqualTo(lacking.id());
        assertThat(isEmpty()).isFalse();
        rooms.lacking.clear();
        assertThat(next(rooms.asked)).isEqualTo(lacking.id());
        await(InboxTest::isEmpty);
    }

    @Test
    void anEventThatCannotBeHandledKeepsBackNoOther() throws Exception {
        Event poison = event(ROOM, "poison");
        rooms.poison.add(poison.id());
        Inbox inbox = inbox();
        send(inbox, "t1", event(ROOM, "before"), poison, event(ROOM, "after"));
        inbox.start();
        assertThat(next(rooms.received)).isEqualTo(event(ROOM, "before").id());
        assertThat(next(rooms.received)).isEqualTo(event(ROOM, "after").id());
    }

    @Test
    void whatFailsForNoFaultOfItsOwnIsDoneLater() throws Exception {
        Inbox inbox = inbox();
        Event event = event(ROOM, "one");
        send(inbox, "t1", event);
        rooms.failures.set(1);
        inbox.start();
        assertThat(next(rooms.received)).isEqualTo(event.id());
        await(InboxTest::isEmpty);
    }

    @Test
    void whatIsOfARoomThatSomebodyIsEnteringWaitsUntilTheyAreIn() throws Exception {
        Event early = event(SECOND, "early");
        rooms.awaited.add(SECOND);
        Inbox inbox = inbox();
        inbox.start();
        assertThat(send(inbox, "t1", early))
                .isEqualTo(JsonObject.of(early.id().value(), JsonObject.of()));
        Event elsewhere = event(ROOM, "elsewhere");
        send(inbox, "t2", elsewhere);
        assertThat(next(rooms.received)).isEqualTo(elsewhere.id());
        assertThat(rooms.received).isEmpty();
        rooms.awaited.clear();
        TEST.database().run(Inbox::wake);
        assertThat(next(rooms.received)).isEqualTo(early.id());
        await(InboxTest::isEmpty);
    }

    @Test
    void whatIsOfARoomThatNobodyEnteredAfterAllIsDropped() throws Exception {
        RoomId refused = RoomId.parse("!refused:origin.test");
        rooms.awaited.add(refused);
        Inbox inbox = inbox();
        inbox.start();
        send(inbox, "t1", event(refused, "early"));
        assertThat(isEmpty()).isFalse();
        rooms.awaited.clear();
        TEST.database().run(Inbox::wake);
        await(InboxTest::isEmpty);
        assertThat(rooms.received).isEmpty();
    }

    @Test
    void saysWhichEventsARoomDoesNotLetInAndNothingOfOtherRooms() {
        Event closed = event(CLOSED, "one");
        JsonObject answer =
                send(inbox(), "t1", closed, event(RoomId.parse("!elsewhere:origin.test"), "two"));
        assertThat(answer)
                .isEqualTo(JsonObject.of(closed.id().value(), JsonObject.of("error", "not you")));
        assertThat(isEmpty()).isTrue();
    }

    @Test
    void dropsWhatHasNotTheFormatOfAnEvent() {
        Event event = event(ROOM, "one");
        JsonObject answer =
                inbox().receive(
                                ORIGIN,
                                "t1",
                                List.of(
                                        event.json().with("depth", "deep"),
                                        event.json().with("content", JsonObject.of("x", 1.5)),
                                        event.json()
                                                .with(
                                                        "content",
                                                        JsonObject.of("x", "y".repeat(70_000))),
                                        JsonObject.of("room_id", ROOM.value()),
                                        JsonObject.of()),
                                List.of());
        assertThat(answer.isEmpty()).isTrue();
        assertThat(isEmpty()).isTrue();
    }

    @Test
    void aServerHasABoundedPartOfTheInbox() {
        TEST.database()
                .run(tx ->
                        tx.update(
                                """
                                INSERT INTO federation.inbox (origin, room, json)
                                SELECT ?, NULL, ? FROM generate_series(1, ?)
                                """,
                                ORIGIN.value(),
                                new byte[] {'{', '}'},
                                (int) Backlogs.MOST.items()));
        Inbox inbox = inbox();
        assertThatThrownBy(() -> send(inbox, "t1", event(ROOM, "one")))
                .isInstanceOfSatisfying(
                        MatrixException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.M_LIMIT_EXCEEDED));
        JsonObject others =
                inbox.receive(OTHER, "t1", List.of(event(ROOM, "one").json()), List.of());
        assertThat(others.size()).isEqualTo(1);
    }

    @Test
    void whatADeniedServerHadSentIsDropped() throws Exception {
        Inbox inbox = inbox();
        send(inbox, "t1", event(ROOM, "one"));
        inbox.receive(OTHER, "t1", List.of(event(ROOM, "two").json()), List.of());
        denied.add(ORIGIN);
        inbox.start();
        assertThat(next(rooms.received)).isEqualTo(event(ROOM, "two").id());
        await(InboxTest::isEmpty);
        assertThat(rooms.received).isEmpty();
    }
}
