package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Redactions that another server sends before what they redact.
final class FederatedRedactionTest extends OneServer {
    /// The events that were sent to the other server.
    private static final List<JsonObject> SENT = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void listen() {
        fake.on("/_matrix/federation/v1/send/", FederatedRedactionTest::takes);
    }

    private static FakeServer.Answer takes(FakeServer.Request request) {
        request.body().array("pdus").ifPresent(pdus -> SENT.addAll(pdus.objects()));
        return FakeServer.Answer.ok(JsonObject.of("pdus", JsonObject.of()));
    }

    /// What Alice is shown of a room, sync by sync.
    private static final class Shown {
        private final TestRoom room;
        private final List<JsonObject> events = new ArrayList<>();
        private Synced last = Synced.initial(alice);
        private long notifications;

        Shown(TestRoom room) {
            this.room = room;
        }

        void until(Event awaited) {
            Waiting.untilTrue(() -> {
                last = last.next(alice);
                last.in("join", room.id())
                        .ifPresent(joined -> {
                            events.addAll(joined.events("timeline"));
                            notifications = joined.notifications();
                        });
                return ids().contains(awaited.id().value());
            });
        }

        List<String> ids() {
            return events.stream().map(event -> event.string("event_id").orElseThrow()).toList();
        }

        JsonObject event(Event wanted) {
            return events.get(ids().indexOf(wanted.id().value()));
        }
    }

    /// Nobody is shown the redaction before its target is here, nor the target with its content,
    /// nor does it count; a crash in between changes nothing.
    @Test
    void waitForTheirTargetOverAKill() {
        TestRoom room = TestRoom.open(alice);
        join(fake, MALLORY, room);
        SeenRoom seen = seen(fake, room);
        Shown shown = new Shown(room);
        Event parent = seen.last();
        Event secret = seen.say(MALLORY, "secret");
        seen.follow(parent);
        Event redaction =
                seen.make(
                        MALLORY,
                        "m.room.redaction",
                        null,
                        JsonObject.of("redacts", secret.id().value()));
        Event marker = seen.say(MALLORY, "after the redaction");
        send(fake, redaction, marker);
        shown.until(marker);
        assertThat(shown.ids()).doesNotContain(redaction.id().value());
        assertThat(
                        alice.get(room.path("/event/" + Synced.encoded(redaction.id().value())))
                                .status())
                .isEqualTo(404);
        long before = shown.notifications;

        federation.crash("one");
        federation.start("one");

        seen.follow(secret, marker);
        Event end = seen.say(MALLORY, "the end");
        send(fake, secret, end);
        shown.until(end);
        assertThat(shown.ids()).containsSubsequence(secret.id().value(), redaction.id().value());
        for (JsonObject event :
                List.of(
                        shown.event(secret),
                        alice.get(room.path("/event/" + Synced.encoded(secret.id().value())))
                                .json())) {
            assertThat(event.object("content")).contains(JsonObject.of());
            assertThat(
                            event.object("unsigned")
                                    .flatMap(unsigned -> unsigned.object("redacted_because"))
                                    .flatMap(because -> because.string("event_id")))
                    .contains(redaction.id().value());
        }
        assertThat(shown.notifications).isEqualTo(before + 1);
    }

    /// Whoever may redact everything need not wait for what others have seen already.
    @Test
    void areMadeHereBeforeTheirTargetByWhoMayRedactAll() {
        TestRoom room = TestRoom.open(alice);
        TestClient bob = federation.register("one", "bob");
        room.join(bob);
        assertThat(room.tryToRedact(alice, "$unknown:fake.test").status())
                .as("in a room of this server alone")
                .isEqualTo(404);
        join(fake, MALLORY, room);
        SeenRoom seen = seen(fake, room);
        Event secret = seen.say(MALLORY, "secret");
        assertThat(room.tryToRedact(bob, secret.id().value()).status()).isEqualTo(404);
        TestClient.Answer made = room.tryToRedact(alice, secret.id().value());
        assertThat(made.status()).as(made.body()).isEqualTo(200);
        String redaction = made.json().string("event_id").orElseThrow();
        send(fake, secret);
        JsonObject shown =
                Waiting.until(() -> {
                    TestClient.Answer answer =
                            bob.get(room.path("/event/" + Synced.encoded(secret.id().value())));
                    return answer.status() == 200 ? Optional.of(answer.json()) : Optional.empty();
                });
        assertThat(shown.object("content")).contains(JsonObject.of());
        assertThat(
                        shown.object("unsigned")
                                .flatMap(unsigned -> unsigned.object("redacted_because"))
                                .flatMap(because -> because.string("event_id")))
                .contains(redaction);
        Waiting.untilTrue(() -> SENT.stream().anyMatch(pdu -> isRedaction(pdu, secret)));
    }

    private static boolean isRedaction(JsonObject pdu, Event target) {
        return pdu.string("type").orElse("").equals("m.room.redaction")
                && pdu.object("content")
                        .flatMap(content -> content.string("redacts"))
                        .or(() -> pdu.string("redacts"))
                        .filter(target.id().value()::equals)
                        .isPresent();
    }
}
