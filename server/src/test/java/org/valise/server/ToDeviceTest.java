package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.server.TestClient.Answer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Send-to-device messaging over HTTP.
final class ToDeviceTest {
    private static final String SYNC = "/_matrix/client/v3/sync";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TestServer SERVER = TestServer.start();
    private static final TestServer OTHER = SERVER.secondNode();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-d" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-d" + people);
    private final TestClient bobsPhone = anotherDevice(bob);

    @AfterAll
    static void stop() {
        OTHER.close();
        SERVER.close();
    }

    @Test
    void reachesOneSeveralOrAllDevicesOfAUser() {
        send("one", "t1", JsonObject.of(bob.deviceId(), body("for one")));
        send(
                "several",
                "t2",
                JsonObject.of(
                        bob.deviceId(), body("for the laptop"),
                        bobsPhone.deviceId(), body("for the phone")));
        send("all", "t3", JsonObject.of("*", body("for all")));
        assertThat(bodies(bob.get(SYNC))).containsExactly("for one", "for the laptop", "for all");
        assertThat(bodies(bobsPhone.get(SYNC))).containsExactly("for the phone", "for all");
        assertThat(bodies(alice.get(SYNC))).isEmpty();
    }

    @Test
    void showsTypeSenderAndContent() {
        send("m.new_device", "t1", JsonObject.of("*", body("hello")));
        assertThat(events(bob.get(SYNC)))
                .containsExactly(
                        JsonObject.of(
                                "content",
                                body("hello"),
                                "sender",
                                alice.userId(),
                                "type",
                                "m.new_device"));
    }

    @Test
    void whatIsAddressedToADeviceGoesBeforeWhatIsAddressedToAll() {
        send(
                "m.test",
                "t1",
                JsonObject.of("*", body("for all"), bobsPhone.deviceId(), body("for the phone")));
        assertThat(bodies(bob.get(SYNC))).containsExactly("for all");
        assertThat(bodies(bobsPhone.get(SYNC))).containsExactly("for the phone");
    }

    /// Nothing new costs the one query that a node of several needs, and none for the messages: not
    /// when all were delivered, nor when some came to another device, nor on a node that has just
    /// come to know of them.
    @Test
    void idlesWithoutAskingForMessages() {
        for (int i = 0; i < 120; i++) {
            send("m.test", "t" + i, JsonObject.of(bob.deviceId(), body("n" + i)));
        }
        send("m.test", "phone", JsonObject.of(bobsPhone.deviceId(), body("for the phone")));
        for (TestServer node : List.of(SERVER, OTHER)) {
            TestClient there = bob.at(node);
            String since = null;
            JsonObject answer;
            do {
                answer = there.get(since == null ? SYNC : SYNC + "?since=" + since).json();
                since = answer.string("next_batch").orElseThrow();
            } while (answer.has("to_device"));
            String idle = SYNC + "?since=" + since;
            assertThat(
                            node.statementsFor(
                                    () -> assertThat(there.get(idle).status()).isEqualTo(200)))
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void doesTheSameTransactionOnceForEachDeviceAndPath() {
        JsonObject messages = JsonObject.of(bob.deviceId(), body("once"));
        send("m.test", "same", messages);
        send("m.test", "same", messages);
        send("m.other", "same", messages);
        TestClient phone = anotherDevice(alice);
        assertThat(put(phone, "m.test", "same", bob.userId(), messages).status()).isEqualTo(200);
        assertThat(types(bob.get(SYNC))).containsExactly("m.test", "m.other", "m.test");
    }

    @Test
    void doesATransactionOnceThatIsSentToTwoNodesAtOnce() throws Exception {
        TestClient there = alice.at(OTHER);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                String transaction = "twin" + round;
                JsonObject messages = JsonObject.of("*", body(transaction));
                List<Future<Answer>> answers = new ArrayList<>();
                for (TestClient node : List.of(alice, there, alice, there)) {
                    answers.add(
                            threads.submit(() ->
                                    put(node, "m.test", transaction, bob.userId(), messages)));
                }
                for (Future<Answer> answer : answers) {
                    assertThat(answer.get().status()).isEqualTo(200);
                }
            }
        }
        List<String> expected = IntStream.range(0, 10).mapToObj(i -> "twin" + i).toList();
        assertThat(bodies(bob.get(SYNC))).containsExactlyElementsOf(expected);
        assertThat(bodies(bobsPhone.at(OTHER).get(SYNC))).containsExactlyElementsOf(expected);
    }

    @Test
    void staysUntilTheTokenThatCarriedItComesBack() {
        String before = token(bob.get(SYNC));
        send("m.test", "t1", JsonObject.of(bob.deviceId(), body("first")));
        Answer carrying = bob.get(SYNC + "?since=" + before);
        assertThat(bodies(carrying)).containsExactly("first");
        assertThat(bodies(bob.get(SYNC + "?since=" + before))).containsExactly("first");
        assertThat(bodies(bob.get(SYNC))).containsExactly("first");
        send("m.test", "t2", JsonObject.of(bob.deviceId(), body("second")));
        assertThat(bodies(bob.get(SYNC + "?since=" + before))).containsExactly("first", "second");
        assertThat(bodies(bob.get(SYNC + "?since=" + token(carrying)))).containsExactly("second");
        assertThat(bodies(bob.get(SYNC + "?since=" + before))).containsExactly("second");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting(bob)).isEqualTo(1));
    }

    @Test
    void comesInOrderAndAtMostAHundredAtATime() {
        for (int i = 0; i < 230; i++) {
            send("m.test", "t" + i, JsonObject.of(bob.deviceId(), body("m" + i)));
        }
        List<String> all = IntStream.range(0, 230).mapToObj(i -> "m" + i).toList();
        Answer first = bob.get(SYNC);
        assertThat(bodies(first)).isEqualTo(all.subList(0, 100));
        // The rest does not wait for anything else to happen.
        Answer second = bob.get(SYNC + "?timeout=60000&since=" + token(first));
        assertThat(bodies(second)).isEqualTo(all.subList(100, 200));
        assertThat(bodies(bob.get(SYNC + "?since=" + token(first))))
                .isEqualTo(all.subList(100, 200));
        Answer third = bob.get(SYNC + "?since=" + token(second));
        assertThat(bodies(third)).isEqualTo(all.subList(200, 230));
        assertThat(bodies(bob.get(SYNC + "?since=" + token(third)))).isEmpty();
    }

    @Test
    void readsABacklogOfAHundredThousandToItsEnd() {
        String since = token(bob.get(SYNC));
        pile(bob, 100_000);
        String token = since;
        int next = 0;
        while (next < 100_000) {
            Answer page = bob.get(SYNC + "?since=" + token);
            List<String> bodies = bodies(page);
            assertThat(bodies).hasSize(100).startsWith("b" + next).endsWith("b" + (next + 99));
            next += 100;
            token = token(page);
            if (next == 50_000) {
                send("m.test", "between", JsonObject.of(bobsPhone.deviceId(), body("not late")));
                assertThat(bodies(bobsPhone.get(SYNC))).contains("not late");
            }
        }
        assertThat(bodies(bob.get(SYNC + "?since=" + token))).isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting(bob)).isZero());
    }

    @Test
    void wakesALongPollAlsoOnAnotherNode() throws Exception {
        TestClient there = bobsPhone.at(OTHER);
        String since = token(bob.get(SYNC));
        String sinceThere = token(there.get(SYNC));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer> poll =
                    threads.submit(() -> bob.get(SYNC + "?timeout=15000&since=" + since));
            Future<Answer> pollThere =
                    threads.submit(() -> there.get(SYNC + "?timeout=15000&since=" + sinceThere));
            send("m.test", "t1", JsonObject.of("*", body("wake up")));
            assertThat(bodies(poll.get())).containsExactly("wake up");
            assertThat(bodies(pollThere.get())).containsExactly("wake up");
        }
    }

    @Test
    void passesOverWhomNobodyKnows() {
        assertThat(put(alice, "m.test", "t1", "@nobody:localhost", JsonObject.of("*", body("x"))))
                .extracting(Answer::status)
                .isEqualTo(200);
        assertThat(put(alice, "m.test", "t2", "@bob:elsewhere.org", JsonObject.of("*", body("x"))))
                .extracting(Answer::status)
                .isEqualTo(200);
        send("m.test", "t3", JsonObject.of("NODEVICE", body("x"), bob.deviceId(), body("known")));
        assertThat(bodies(bob.get(SYNC))).containsExactly("known");
    }

    @Test
    void refusesOtherShapesAndWhatIsTooLarge() {
        assertThat(raw("t1", JsonObject.of())).isEqualTo("400 M_MISSING_PARAM");
        assertThat(raw("t2", JsonObject.of("messages", "text"))).isEqualTo("400 M_BAD_JSON");
        assertThat(raw("t3", messages(JsonObject.of(bob.userId(), "text"))))
                .isEqualTo("400 M_BAD_JSON");
        assertThat(raw("t4", messages(JsonObject.of(bob.userId(), JsonObject.of("*", "text")))))
                .isEqualTo("400 M_BAD_JSON");
        assertThat(raw("t5", messages(JsonObject.of("bob", JsonObject.of("*", body("x"))))))
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(
                        raw(
                                "t6",
                                messages(
                                        JsonObject.of(
                                                bob.userId(),
                                                JsonObject.of("*", body("x".repeat(70_000)))))))
                .isEqualTo("413 M_TOO_LARGE");
        assertThat(bodies(bob.get(SYNC))).isEmpty();
    }

    @Test
    void goesWithItsDevice() {
        send("m.test", "t1", JsonObject.of("*", body("for all")));
        String device = bobsPhone.deviceId();
        bobsPhone.post("/_matrix/client/v3/logout", JsonObject.of());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(waiting(bobsPhone)).isZero());
        assertThat(waiting(bob)).isEqualTo(1);
        // A device of the same id is another device.
        TestClient again = bob.at(SERVER);
        again.logIn(device);
        assertThat(again.deviceId()).isEqualTo(device);
        assertThat(bodies(again.get(SYNC))).isEmpty();
        assertThat(bodies(bob.get(SYNC))).containsExactly("for all");
    }

    private static TestClient anotherDevice(TestClient user) {
        TestClient other = user.at(SERVER);
        other.logIn();
        return other;
    }

    private void send(String type, String transaction, JsonObject messages) {
        Answer answer = put(alice, type, transaction, bob.userId(), messages);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{}");
    }

    private static Answer put(
            TestClient from, String type, String transaction, String user, JsonObject messages) {
        return from.send("PUT", path(type, transaction), messages(JsonObject.of(user, messages)));
    }

    private String raw(String transaction, JsonObject request) {
        Answer answer = alice.send("PUT", path("m.test", transaction), request);
        return answer.status() + " " + answer.json().string("errcode").orElse("");
    }

    private static String path(String type, String transaction) {
        return "/_matrix/client/v3/sendToDevice/" + type + "/" + transaction;
    }

    private static JsonObject messages(JsonObject messages) {
        return JsonObject.of("messages", messages);
    }

    private static JsonObject body(String text) {
        return JsonObject.of("body", text);
    }

    /// Puts that many messages for a device into the database, as if they had come one by one.
    private static void pile(TestClient device, int count) {
        SERVER.database()
                .read(tx ->
                        tx.only(
                                """
                                WITH base AS (SELECT stream.last_position() AS position),
                                waiting AS (
                                    INSERT INTO devices.to_device (user_number, device, position, sender, ask, message)
                                    SELECT user_number, number, base.position + n + 1, user_number, false,
                                           '{"content":{"body":"b' || n || '"},"sender":"@x:localhost","type":"m.test"}'
                                    FROM base, accounts_read.session, generate_series(0, ?::int - 1) AS n
                                    WHERE device_id = ?),
                                told AS (
                                    INSERT INTO devices.to_device_request (position, session, request, recipients)
                                    SELECT base.position + n, 0, int8send(base.position + n),
                                           int8send(user_number) || int8send(number)
                                    FROM base, accounts_read.session, unnest(ARRAY[1, ?::bigint]) AS n WHERE device_id = ?)
                                INSERT INTO stream.commit (position, batch)
                                SELECT position + ?, gen_random_uuid() FROM base RETURNING position
                                """,
                                row -> row.getLong(1),
                                count,
                                device.deviceId(),
                                (long) count,
                                device.deviceId(),
                                (long) count));
    }

    private static long waiting(TestClient device) {
        return SERVER.database()
                .read(tx ->
                        tx.only(
                                """
                                SELECT count(*) FROM devices.to_device
                                WHERE user_number = (SELECT number FROM accounts_read.user_number WHERE user_id = ?)
                                  AND device NOT IN (
                                      SELECT number FROM accounts_read.session WHERE device_id <> ?)
                                """,
                                row -> row.getLong(1),
                                device.userId(),
                                device.deviceId()));
    }

    private static String token(Answer sync) {
        return sync.json().string("next_batch").orElseThrow();
    }

    private static List<JsonObject> events(Answer sync) {
        assertThat(sync.status()).as(sync.body()).isEqualTo(200);
        return sync
                .json()
                .object("to_device")
                .flatMap(section -> section.array("events"))
                .map(JsonArray::values)
                .orElse(List.<JsonValue>of())
                .stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    private static List<String> bodies(Answer sync) {
        return events(sync).stream()
                .map(event -> event.object("content").orElseThrow().string("body").orElseThrow())
                .toList();
    }

    private static List<String> types(Answer sync) {
        return events(sync).stream().map(event -> event.string("type").orElseThrow()).toList();
    }
}
