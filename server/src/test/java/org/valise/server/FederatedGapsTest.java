package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Events of another server that follow others which have not come.
final class FederatedGapsTest extends SharedRoom {
    private static FakeServer.Answer missing(List<Event> events) {
        return FakeServer.Answer.ok(
                JsonObject.of("events", JsonArray.of(events.stream().map(Event::json).toList())));
    }

    @Test
    void asksForTheEventsBetweenAndShowsThemFirst() {
        EventId last = seen.last().id();
        List<Event> between =
                List.of(
                        seen.say(MALLORY, "one"),
                        seen.say(MALLORY, "two"),
                        seen.say(MALLORY, "three"));
        Event newest = seen.say(MALLORY, "newest");
        List<JsonObject> asked = new CopyOnWriteArrayList<>();
        fake.on(
                MISSING,
                request -> {
                    if (isOfRoom(request.path())) {
                        asked.add(request.body());
                    }
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

    /// In this test's room: what others left undone is tried again all the time.
    private int requests(String prefix) {
        return (int)
                fake.requests().stream()
                        .filter(path -> path.startsWith(prefix) && isOfRoom(path))
                        .count();
    }

    private boolean isOfRoom(String path) {
        return path.contains(Synced.encoded(room.id()));
    }

    @Test
    void beginsAnewWithTheStateWhereNobodyHasTheEventsBetween() {
        seen.say(MALLORY, "lost");
        Event name =
                seen.make(
                        MALLORY,
                        "m.room.member",
                        MALLORY.value(),
                        JsonObject.of("membership", "join", "displayname", "Mal"));
        seen.say(MALLORY, "lost, too");
        JsonObject state = seen.stateIds();
        fake.on(STATE_IDS, request -> FakeServer.Answer.ok(state));
        fake.on(
                EVENT,
                request -> FakeServer.Answer.ok(JsonObject.of("pdus", JsonArray.of(name.json()))));
        send(fake, seen.say(MALLORY, "after the gap"));
        assertThat(bodiesUntil("after the gap")).containsExactly("after the gap");
        assertThat(
                        alice.get(
                                        room.path(
                                                "/state/m.room.member/"
                                                        + Synced.encoded(MALLORY.value())))
                                .json()
                                .string("displayname"))
                .contains("Mal");
    }

    @Test
    void anEventThatWasAnsweredIsThereAfterARestart() {
        Event lost = seen.say(MALLORY, "lost");
        send(fake, seen.say(MALLORY, "newest"));
        Waiting.untilTrue(() -> requests(STATE_IDS) > 0);
        federation.crash("one");
        federation.start("one");
        fake.on(MISSING, request -> missing(List.of(lost)));
        assertThat(bodiesUntil("newest")).containsExactly("lost", "newest");
    }

    @Test
    void anEndlessChainOfAncestorsKeepsBackNobodyElse() {
        AtomicInteger asked = new AtomicInteger();
        fake.on(
                MISSING,
                request -> {
                    if (isOfRoom(request.path())) {
                        asked.incrementAndGet();
                    }
                    return missing(Stream.generate(this::unconnected).limit(12).toList());
                });
        send(fake, unconnected());
        Waiting.untilTrue(() -> asked.get() > 2);
        send(other, seen(other).say(OSCAR, "meanwhile"));
        assertThat(bodiesUntil("meanwhile")).containsExactly("meanwhile");
        assertThat(asked.get()).isLessThan(500);
    }
}
