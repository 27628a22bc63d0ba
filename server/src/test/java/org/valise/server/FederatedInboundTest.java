package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// What another server sends in transactions, and what becomes of it. Most of it no decent server
/// would send.
final class FederatedInboundTest {
    private static final String MISSING = "/_matrix/federation/v1/get_missing_events/";
    private static final String STATE_IDS = "/_matrix/federation/v1/state_ids/";
    private static final String EVENT = "/_matrix/federation/v1/event/";
    private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer one;
    private static FakeServer fake;
    private static FakeServer other;
    private static FakeServer silent;
    private static TestClient alice;

    private TestRoom room;
    private SeenRoom seen;
    private UserId mallory;
    private UserId oscar;
    private Synced before;

    @BeforeAll
    static void start() {
        int[] ports = {FakeServer.freePort(), FakeServer.freePort(), FakeServer.freePort()};
        String addresses =
                "fake.test=127.0.0.1:%d,other.test=127.0.0.1:%d,silent.test=127.0.0.1:%d"
                        .formatted(ports[0], ports[1], ports[2]);
        federation =
                TestFederation.in(folder)
                        .server("one", Map.of("federation.addresses", addresses))
                        .start();
        one = federation.server("one");
        fake = new FakeServer(federation.authority(), "fake.test", ports[0]);
        other = new FakeServer(federation.authority(), "other.test", ports[1]);
        silent = new FakeServer(federation.authority(), "silent.test", ports[2]);
        silent.on("/_matrix/key/v2/server", r -> FakeServer.Answer.refusal(500, "M_UNKNOWN"));
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stop() {
        Stream.of(fake, other, silent).forEach(FakeServer::close);
        federation.close();
    }

    /// A room of Alice's that Mallory and Oscar, of two other servers, have joined.
    @BeforeEach
    void join() {
        for (String asked : List.of(MISSING, STATE_IDS, EVENT)) {
            fake.on(asked, request -> FakeServer.Answer.refusal(404, "M_NOT_FOUND"));
        }
        mallory = UserId.parse("@mallory:fake.test");
        oscar = UserId.parse("@oscar:other.test");
        room = TestRoom.open(alice);
        seen = SeenRoom.of(fake, one, room.id());
        send(fake, seen.join(mallory));
        awaitMember(mallory, "join");
        SeenRoom byOther = SeenRoom.of(other, one, room.id());
        send(other, byOther.join(oscar));
        awaitMember(oscar, "join");
        seen = SeenRoom.of(fake, one, room.id());
        before = Synced.initial(alice);
    }

    private static TestClient.Answer transaction(
            FakeServer from, List<JsonObject> pdus, List<JsonObject> edus) {
        return from.send(
                one,
                "one.test",
                "PUT",
                "/_matrix/federation/v1/send/t" + TRANSACTIONS.incrementAndGet(),
                JsonObject.of(
                        "origin",
                        from.name().value(),
                        "origin_server_ts",
                        System.currentTimeMillis(),
                        "pdus",
                        JsonArray.of(pdus),
                        "edus",
                        JsonArray.of(edus)));
    }

    private static JsonObject send(FakeServer from, Event... events) {
        TestClient.Answer answer =
                transaction(from, Stream.of(events).map(Event::json).toList(), List.of());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().object("pdus").orElseThrow();
    }

    private void edu(FakeServer from, String type, JsonObject content) {
        TestClient.Answer answer =
                transaction(
                        from,
                        List.of(),
                        List.of(JsonObject.of("edu_type", type, "content", content)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private void awaitMember(UserId user, String membership) {
        Waiting.untilTrue(() -> {
            TestClient.Answer answer =
                    alice.get(room.path("/state/m.room.member/" + Synced.encoded(user.value())));
            return answer.status() == 200
                    && answer.json().string("membership").orElse("").equals(membership);
        });
    }

    /// The bodies of the messages that came since the test began, once the last one is there.
    private List<String> bodiesUntil(String last) {
        List<String> bodies = new ArrayList<>();
        Waiting.untilTrue(() -> {
            Synced next = before.next(alice);
            before = next;
            next.in("join", room.id()).ifPresent(joined -> bodies.addAll(joined.bodies()));
            return bodies.contains(last);
        });
        return bodies;
    }

    private static FakeServer.Answer missing(List<Event> events) {
        return FakeServer.Answer.ok(
                JsonObject.of("events", JsonArray.of(events.stream().map(Event::json).toList())));
    }

    @Test
    void showsEventsInTheirOrderAndSaysWhichItTook() {
        Event first = seen.say(mallory, "first");
        Event second = seen.say(mallory, "second");
        assertThat(send(fake, second, first))
                .isEqualTo(
                        JsonObject.of(
                                second.id().value(),
                                JsonObject.of(),
                                first.id().value(),
                                JsonObject.of()));
        assertThat(bodiesUntil("second")).containsExactly("first", "second");
    }

    @Test
    void refusesMoreThanATransactionMayHave() {
        List<JsonObject> pdus = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            pdus.add(seen.say(mallory, "m" + i).json());
        }
        assertThat(transaction(fake, pdus, List.of()).status()).isEqualTo(400);
    }

    @Test
    void asksForTheEventsBetweenAndShowsThemFirst() {
        EventId last = seen.last().id();
        List<Event> between =
                List.of(
                        seen.say(mallory, "one"),
                        seen.say(mallory, "two"),
                        seen.say(mallory, "three"));
        Event newest = seen.say(mallory, "newest");
        List<JsonObject> asked = new CopyOnWriteArrayList<>();
        fake.on(
                MISSING,
                request -> {
                    asked.add(request.body());
                    return missing(between);
                });
        int stateRequests = requests(STATE_IDS);
        send(fake, newest);
        assertThat(bodiesUntil("newest")).containsExactly("one", "two", "three", "newest");
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().array("latest_events").orElseThrow().strings())
                .containsExactly(newest.id().value());
        assertThat(asked.getFirst().array("earliest_events").orElseThrow().strings())
                .containsExactly(last.value());
        assertThat(requests(STATE_IDS)).isEqualTo(stateRequests);
    }

    private static int requests(String prefix) {
        return (int) fake.requests().stream().filter(path -> path.startsWith(prefix)).count();
    }

    @Test
    void beginsAnewWithTheStateWhereNobodyHasTheEventsBetween() {
        seen.say(mallory, "lost");
        Event name =
                seen.make(
                        mallory,
                        "m.room.member",
                        mallory.value(),
                        JsonObject.of("membership", "join", "displayname", "Mal"));
        seen.say(mallory, "lost, too");
        JsonObject state = seen.stateIds();
        fake.on(STATE_IDS, request -> FakeServer.Answer.ok(state));
        fake.on(
                EVENT,
                request -> FakeServer.Answer.ok(JsonObject.of("pdus", JsonArray.of(name.json()))));
        send(fake, seen.say(mallory, "after the gap"));
        assertThat(bodiesUntil("after the gap")).containsExactly("after the gap");
        assertThat(
                        alice.get(
                                        room.path(
                                                "/state/m.room.member/"
                                                        + Synced.encoded(mallory.value())))
                                .json()
                                .string("displayname"))
                .contains("Mal");
    }

    @Test
    void anEventThatWasAnsweredIsThereAfterARestart() {
        Event lost = seen.say(mallory, "lost");
        send(fake, seen.say(mallory, "newest"));
        Waiting.untilTrue(() -> requests(STATE_IDS) > 0);
        federation.crash("one");
        federation.start("one");
        fake.on(MISSING, request -> missing(List.of(lost)));
        assertThat(bodiesUntil("newest")).containsExactly("lost", "newest");
    }

    @Test
    void badEventsHarmNoOthers() {
        JsonObject content = JsonObject.of("msgtype", "m.text", "body", "bad");
        Event unsigned = seen.draft(mallory, "m.room.message", null, content).sign(other.signer());
        Event ofStranger =
                seen.draft(UserId.parse("@stranger:fake.test"), "m.room.message", null, content)
                        .sign(fake.signer());
        Event ofNobody =
                seen.draft(UserId.parse("@x:silent.test"), "m.room.message", null, content)
                        .sign(silent.signer());
        JsonObject good = seen.draft(mallory, "m.room.message", null, content).template();
        JsonObject changed =
                EventBuilder.sign(seen.version(), good, fake.signer())
                        .json()
                        .with("content", JsonObject.of("msgtype", "m.text", "body", "changed"));
        SeenRoom elsewhere = SeenRoom.of(fake, one, TestRoom.open(alice).id());
        List<JsonObject> pdus =
                List.of(
                        unsigned.json(),
                        ofStranger.json(),
                        ofNobody.json(),
                        changed,
                        good.with("content", JsonObject.of("number", 1.5)),
                        good.with("content", JsonObject.of("long", "x".repeat(66_000))),
                        good.without("depth"),
                        EventBuilder.sign(
                                        seen.version(),
                                        good.with("room_id", elsewhere.id().value()),
                                        fake.signer())
                                .json(),
                        JsonObject.of("room_id", 5),
                        seen.say(mallory, "good").json());
        assertThat(transaction(fake, pdus, List.of()).status()).isEqualTo(200);
        assertThat(bodiesUntil("good")).containsExactly("", "good");
        send(other, SeenRoom.of(other, one, room.id()).say(oscar, "of another"));
        assertThat(bodiesUntil("of another")).containsExactly("of another");
    }

    @Test
    void anEndlessChainOfAncestorsKeepsBackNobodyElse() {
        AtomicInteger asked = new AtomicInteger();
        fake.on(
                MISSING,
                request -> {
                    asked.incrementAndGet();
                    return missing(Stream.generate(this::unconnected).limit(12).toList());
                });
        send(fake, unconnected());
        Waiting.untilTrue(() -> asked.get() > 2);
        send(other, SeenRoom.of(other, one, room.id()).say(oscar, "meanwhile"));
        assertThat(bodiesUntil("meanwhile")).containsExactly("meanwhile");
        int asking = asked.get();
        assertThat(asking).isLessThan(200);
    }

    /// An event whose ancestor nobody has.
    private Event unconnected() {
        return seen.draft(
                        mallory,
                        "m.room.message",
                        null,
                        JsonObject.of("msgtype", "m.text", "body", "made up"))
                .prevEvents(
                        List.of(
                                seen.draft(
                                                mallory,
                                                "m.room.message",
                                                null,
                                                JsonObject.of(
                                                        "body",
                                                        "x" + TRANSACTIONS.incrementAndGet()))
                                        .sign(fake.signer())
                                        .id()))
                .sign(fake.signer());
    }

    @Test
    void whoWasBannedIsNotHeardThroughOldParents() {
        SeenRoom old = SeenRoom.of(fake, one, room.id());
        alice.post(room.path("/ban"), JsonObject.of("user_id", mallory.value()));
        Event evading = old.say(mallory, "evading");
        send(fake, evading);
        send(other, SeenRoom.of(other, one, room.id()).say(oscar, "after"));
        assertThat(bodiesUntil("after")).containsExactly("after");
        Waiting.untilTrue(() ->
                status(evading).equals(Set.of(1))); // soft-failed: kept for those who follow it
    }

    private static Set<Integer> status(Event event) {
        return Set.copyOf(
                one.database()
                        .read(tx ->
                                tx.query(
                                        "SELECT status FROM rooms.event WHERE event_id = ?",
                                        row -> row.getInt(1),
                                        event.id().value())));
    }

    @Test
    void aRoomWithManyForwardExtremitiesHealsAsPeopleSpeak() {
        Event parent = seen.last();
        List<Event> forks = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            seen.follow(parent);
            forks.add(seen.say(mallory, "fork " + i));
        }
        send(fake, forks.toArray(Event[]::new));
        Waiting.untilTrue(() -> extremities() == 45);
        room.say(alice, "one");
        assertThat(extremities()).isEqualTo(26);
        room.say(alice, "two");
        room.say(alice, "three");
        assertThat(extremities()).isEqualTo(1);
        send(other, SeenRoom.of(other, one, room.id()).say(oscar, "still fine"));
        bodiesUntil("still fine");
    }

    private int extremities() {
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

    private List<String> typing() {
        return Synced.initial(alice).joined(room.id()).events("ephemeral").stream()
                .filter(event -> event.string("type").orElse("").equals("m.typing"))
                .flatMap(event ->
                        event
                                .object("content")
                                .flatMap(content -> content.array("user_ids"))
                                .orElseThrow()
                                .strings()
                                .stream())
                .toList();
    }

    private JsonObject typing(String user, boolean types) {
        return JsonObject.of("room_id", room.id(), "user_id", user, "typing", types);
    }

    @Test
    void hearsWhoIsTypingOfTheServerThatSaysItOnly() {
        edu(fake, "m.typing", typing(oscar.value(), true));
        edu(fake, "m.typing", typing("@stranger:fake.test", true));
        edu(fake, "m.typing", typing(mallory.value(), true));
        Waiting.untilTrue(() -> typing().contains(mallory.value()));
        assertThat(typing()).containsExactly(mallory.value());
        edu(fake, "m.typing", typing(mallory.value(), false));
        Waiting.untilTrue(() -> typing().isEmpty());
    }

    private JsonObject receipt(UserId user, EventId event) {
        return JsonObject.of(
                room.id(),
                JsonObject.of(
                        "m.read",
                        JsonObject.of(
                                user.value(),
                                JsonObject.of(
                                        "event_ids",
                                        JsonArray.of(event.value()),
                                        "data",
                                        JsonObject.of("ts", 1234)))));
    }

    private List<String> readers(EventId event) {
        return Synced.initial(alice).joined(room.id()).events("ephemeral").stream()
                .filter(each -> each.string("type").orElse("").equals("m.receipt"))
                .flatMap(each ->
                        each
                                .object("content")
                                .flatMap(content -> content.object(event.value()))
                                .flatMap(types -> types.object("m.read"))
                                .map(JsonObject::keys)
                                .orElse(List.of())
                                .stream())
                .toList();
    }

    @Test
    void hearsWhatTheUsersOfAServerHaveReadAlsoBeforeItArrives() {
        EventId said = EventId.parse(room.say(alice, "read this"));
        edu(fake, "m.receipt", receipt(oscar, said));
        edu(fake, "m.receipt", receipt(UserId.parse("@stranger:fake.test"), said));
        edu(fake, "m.receipt", receipt(mallory, said));
        Waiting.untilTrue(() -> readers(said).contains(mallory.value()));
        assertThat(readers(said)).containsExactly(mallory.value());
        seen = SeenRoom.of(other, one, room.id());
        Event later = seen.say(oscar, "later");
        edu(fake, "m.receipt", receipt(mallory, later.id()));
        send(other, later);
        Waiting.untilTrue(() -> readers(later.id()).contains(mallory.value()));
    }

    @Test
    void hearsWhetherTheUsersOfAServerAreThere() {
        JsonObject here = JsonObject.of("presence", "online", "last_active_ago", 10);
        edu(
                fake,
                "m.presence",
                JsonObject.of(
                        "push",
                        JsonArray.of(
                                here.with("user_id", mallory.value()).with("status_msg", "busy"),
                                here.with("user_id", oscar.value()))));
        String path = "/_matrix/client/v3/presence/";
        Waiting.untilTrue(() ->
                alice.get(path + mallory.value() + "/status")
                        .json()
                        .string("presence")
                        .orElse("")
                        .equals("online"));
        assertThat(alice.get(path + mallory.value() + "/status").json().string("status_msg"))
                .contains("busy");
        assertThat(alice.get(path + oscar.value() + "/status").json().string("presence"))
                .contains("offline");
        Synced next = Synced.initial(alice);
        edu(
                fake,
                "m.presence",
                JsonObject.of(
                        "push",
                        JsonArray.of(
                                JsonObject.of(
                                        "presence",
                                        "unavailable",
                                        "last_active_ago",
                                        10,
                                        "user_id",
                                        mallory.value()))));
        Waiting.untilTrue(() ->
                next.next(alice).events("presence").stream()
                        .anyMatch(event ->
                                event.string("sender").orElse("").equals(mallory.value())));
    }

    @Test
    void aServerThatTheRoomDoesNotLetInIsToldSoOfEachEventAndNotHeard() {
        room.setState(
                alice,
                "m.room.server_acl",
                "",
                JsonObject.of("allow", JsonArray.of("*"), "deny", JsonArray.of("FAKE.test")));
        seen = SeenRoom.of(fake, one, room.id());
        Event event = seen.say(mallory, "refused");
        JsonObject answer = send(fake, event);
        assertThat(answer.object(event.id().value()).orElseThrow().keys()).contains("error");
        edu(fake, "m.typing", typing(mallory.value(), true));
        EventId said = EventId.parse(room.say(alice, "for those who may read it"));
        edu(fake, "m.receipt", receipt(mallory, said));
        edu(other, "m.receipt", receipt(oscar, said));
        send(other, SeenRoom.of(other, one, room.id()).say(oscar, "let in"));
        assertThat(bodiesUntil("let in")).doesNotContain("refused");
        assertThat(typing()).isEmpty();
        Waiting.untilTrue(() -> readers(said).contains(oscar.value()));
        assertThat(readers(said)).doesNotContain(mallory.value());
    }

    @Test
    void eventsOfRoomsThatNobodyHereIsInAreIgnored() {
        room.leave(alice);
        Event event = seen.say(mallory, "to nobody");
        assertThat(send(fake, event).isEmpty()).isTrue();
        assertThat(status(event)).isEmpty();
    }

    @Test
    void isNoPolicyServer() {
        TestClient.Answer answer =
                fake.send(
                        one,
                        "one.test",
                        "POST",
                        "/_matrix/policy/v1/sign",
                        seen.say(mallory, "sign this").json());
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().string("errcode")).contains("M_UNRECOGNIZED");
    }
}
