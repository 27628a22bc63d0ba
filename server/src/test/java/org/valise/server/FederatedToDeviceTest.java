package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.server.Link.Fate;
import org.valise.server.Link.Passage;
import org.valise.server.Link.Weather;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Messages to devices of users of another server: each once, in order, whatever the network does.
final class FederatedToDeviceTest extends TwoServers {
    private static int people;

    private final TestClient alice = federation.register("red", "alice-t" + ++people);
    private final TestClient bob = federation.register("blue", "bob-t" + people);

    private void send(String body, String transaction, TestClient to, String device) {
        TestClient.Answer answer = trySend(JsonObject.of("body", body), transaction, to, device);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private TestClient.Answer trySend(
            JsonObject content, String transaction, TestClient to, String device) {
        return alice.send(
                "PUT",
                "/_matrix/client/v3/sendToDevice/m.test/" + transaction,
                JsonObject.of(
                        "messages", JsonObject.of(to.userId(), JsonObject.of(device, content))));
    }

    /// What a device is sent until it has as many, and what comes right after.
    static List<String> received(TestClient device, int count) {
        List<String> bodies = new ArrayList<>();
        Synced[] last = {Synced.initial(device)};
        bodies.addAll(last[0].messageBodies());
        Waiting.untilTrue(() -> {
            if (bodies.size() < count) {
                last[0] = last[0].next(device, "timeout=1000");
                bodies.addAll(last[0].messageBodies());
            }
            return bodies.size() >= count;
        });
        bodies.addAll(last[0].next(device).messageBodies());
        return bodies;
    }

    @Test
    void reachesOneDeviceOrAllOfThem() {
        TestClient phone = bob.onAnotherDevice();
        send("for one", "t1", bob, phone.deviceId());
        send("for all", "t2", bob, "*");
        assertThat(received(phone, 2)).containsExactly("for one", "for all");
        assertThat(received(bob, 1)).containsExactly("for all");
    }

    @Test
    void showsWhoSentWhat() {
        send("hello", "t1", bob, "*");
        Synced[] last = {Synced.initial(bob)};
        JsonObject event =
                Waiting.until(() -> {
                    Stream<JsonObject> events =
                            last[0]
                                    .json()
                                    .object("to_device")
                                    .flatMap(part -> part.array("events"))
                                    .stream()
                                    .flatMap(all -> all.objects().stream());
                    var first = events.findFirst();
                    if (first.isEmpty()) {
                        last[0] = last[0].next(bob, "timeout=1000");
                    }
                    return first;
                });
        assertThat(event)
                .isEqualTo(
                        JsonObject.of(
                                "content",
                                JsonObject.of("body", "hello"),
                                "sender",
                                alice.userId(),
                                "type",
                                "m.test"));
    }

    @Test
    void eachOnceAndInOrderThroughAnOutageAndABadNetwork() {
        List<String> sent = IntStream.range(0, 60).mapToObj(i -> "m" + i).toList();
        Random random = new Random(4);
        Weather bad =
                () -> {
                    Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
                    return new Passage(fate, Duration.ofMillis(random.nextInt(20)));
                };
        federation.cut("red", "blue");
        sent.subList(0, 20).forEach(body -> send(body, body, bob, bob.deviceId()));
        federation.link("red", "blue").set(bad);
        federation.link("blue", "red").heal();
        sent.subList(20, 40).forEach(body -> send(body, body, bob, bob.deviceId()));
        federation.crash("red");
        federation.start("red");
        sent.subList(40, 60).forEach(body -> send(body, body, bob, bob.deviceId()));
        // As a client does that did not get the answer.
        sent.forEach(body -> send(body, body, bob, bob.deviceId()));
        federation.heal();
        assertThat(received(bob, 60)).isEqualTo(sent);
    }

    @Test
    void whatWasReceivedSurvivesKillMinusNine() {
        send("before", "t1", bob, "*");
        Waiting.untilTrue(() -> !Synced.initial(bob).messageBodies().isEmpty());
        federation.crash("blue");
        send("meanwhile", "t2", bob, "*");
        federation.start("blue");
        assertThat(received(bob, 2)).containsExactly("before", "meanwhile");
    }

    @Test
    void manyMessagesGoInPartsOfBoundedSize() {
        String large = "x".repeat(40_000);
        TestClient phone = bob.onAnotherDevice();
        var devices =
                JsonObject.of(
                        bob.deviceId(), JsonObject.of("body", large + "1"),
                        phone.deviceId(), JsonObject.of("body", large + "2"));
        TestClient.Answer answer =
                alice.send(
                        "PUT",
                        "/_matrix/client/v3/sendToDevice/m.test/t1",
                        JsonObject.of("messages", JsonObject.of(bob.userId(), devices)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(received(bob, 1)).containsExactly(large + "1");
        assertThat(received(phone, 1)).containsExactly(large + "2");
    }

    @Test
    void refusesAMessageThatIsTooLargeForOthersToo() {
        JsonObject content = JsonObject.of("body", "x".repeat(70_000));
        assertThat(trySend(content, "t1", bob, "*").status()).isEqualTo(413);
    }
}
