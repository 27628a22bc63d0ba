package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.server.FakeServer.Answer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A server that sends events and, when it is asked, lies about the state before them and about
/// what allows them.
final class HostileStatesTest extends SharedRoom {
    private static final String EVENT_AUTH = "/_matrix/federation/v1/event_auth/";
    private static final String MEMBER = "m.room.member";
    private static final String POWER = "m.room.power_levels";
    private static final Set<Integer> REJECTED = Set.of(2);

    private Event joined;

    @BeforeEach
    void knowMallory() {
        joined = seen.state(MEMBER, MALLORY.value());
        fake.on(EVENT_AUTH, request -> Answer.refusal(404, "M_NOT_FOUND"));
    }

    private static Answer bytes(String body) {
        return new Answer(200, body.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isAbout(String path, Event event) {
        return path.contains(Synced.encoded(event.id().value()));
    }

    private static long asked(FakeServer server, String prefix, Event event) {
        return server.requests().stream()
                .filter(path -> path.startsWith(prefix) && isAbout(path, event))
                .count();
    }

    /// What is answered to questions about some events.
    private static FakeServer.Handler about(Map<Event, Answer> answers) {
        return request ->
                answers.entrySet().stream()
                        .filter(each -> isAbout(request.path(), each.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(Answer.refusal(404, "M_NOT_FOUND"));
    }

    /// They are kept from everybody, and the others go on.
    private void assertNotShown(Iterable<Event> events) {
        send(other, seen(other).say(OSCAR, "meanwhile"));
        assertThat(bodiesUntil("meanwhile")).containsExactly("meanwhile");
        assertThat(events).allSatisfy(event -> assertThat(status(event)).isEmpty());
    }

    private void awaitShown(Iterable<Event> events) {
        for (Event event : events) {
            Waiting.untilTrue(
                    () -> alice.get(room.path("/event/" + event.id().value())).status() == 200);
        }
    }

    /// For each of these answers to `/state_ids` there is an event whose parent nobody gives. Whom
    /// nobody believed are shown when the parent comes after all.
    private void assertNoStateIsBelieved(List<Answer> lies) {
        Event lost = seen.say(MALLORY, "lost");
        Map<Event, Answer> answers = new LinkedHashMap<>();
        for (Answer lie : lies) {
            seen.follow(lost);
            answers.put(seen.say(MALLORY, "lie " + answers.size()), lie);
        }
        fake.on(STATE_IDS, about(answers));
        send(fake, answers.keySet().toArray(Event[]::new));
        // Who is not believed is not asked again before another server of the room was.
        for (Event event : answers.keySet()) {
            Waiting.untilTrue(() -> asked(other, STATE_IDS, event) > 0);
            assertThat(asked(fake, STATE_IDS, event)).isPositive();
        }
        assertNotShown(answers.keySet());
        send(fake, lost);
        awaitShown(answers.keySet());
    }

    private static Answer stateIds(JsonObject truth, JsonArray state) {
        return Answer.ok(truth.with("pdu_ids", state));
    }

    private static Answer withMore(JsonObject truth, String more) {
        List<String> ids = new ArrayList<>(truth.array("pdu_ids").orElseThrow().strings());
        ids.add(more);
        return stateIds(truth, JsonArray.of(ids));
    }

    private static Answer without(JsonObject truth, Event event) {
        List<String> ids = new ArrayList<>(truth.array("pdu_ids").orElseThrow().strings());
        ids.remove(event.id().value());
        return stateIds(truth, JsonArray.of(ids));
    }

    @Test
    void aStateThatCannotBeIsNotBelieved() {
        Event said = seen.say(MALLORY, "said");
        JsonObject content = JsonObject.of("membership", "join", "displayname", "Mal");
        Event renamed = seen.make(MALLORY, MEMBER, MALLORY.value(), content);
        send(fake, said, renamed);
        awaitShown(List.of(renamed));
        forgetNews();
        SeenRoom elsewhere = seen(fake, TestRoom.open(alice));
        JsonObject truth = seen.stateIds();
        assertNoStateIsBelieved(
                List.of(
                        without(truth, seen.state("m.room.create", "")),
                        withMore(truth, joined.id().value()),
                        withMore(truth, said.id().value()),
                        withMore(truth, elsewhere.last().id().value()),
                        withMore(truth, unconnected().id().value())));
    }

    @Test
    void whatIsNoStateIsNotBelieved() {
        JsonObject truth = seen.stateIds();
        assertNoStateIsBelieved(
                List.of(
                        Answer.ok(JsonObject.of()),
                        Answer.ok(truth.with("pdu_ids", "what?")),
                        stateIds(truth, JsonArray.of(1, JsonObject.of(), "nothing")),
                        bytes("[1"),
                        Answer.refusal(403, "M_FORBIDDEN")));
    }

    private static Answer chain(JsonObject... events) {
        return Answer.ok(JsonObject.of("auth_chain", JsonArray.of((Object[]) events)));
    }

    private Event signedByOther(Event event) {
        return EventBuilder.sign(seen.version(), event.json(), other.signer());
    }

    /// Each of five events cites a membership of its own, which nobody has.
    @Test
    void anAuthChainThatProvesNothingAllowsNothing() {
        Event parent = seen.last();
        Map<Event, Event> cited = new LinkedHashMap<>();
        for (int i = 0; i < 5; i++) {
            seen.add(joined);
            seen.follow(parent);
            JsonObject content = JsonObject.of("membership", "join", "displayname", "Mal " + i);
            Event named = seen.make(MALLORY, MEMBER, MALLORY.value(), content);
            seen.follow(parent);
            cited.put(seen.say(MALLORY, "cites " + i), named);
        }
        List<Event> sent = List.copyOf(cited.keySet());
        fake.on(
                EVENT_AUTH,
                about(
                        Map.of(
                                sent.get(0), Answer.ok(JsonObject.of()),
                                sent.get(1), Answer.ok(JsonObject.of("auth_chain", "what?")),
                                sent.get(2),
                                        chain(cited.get(sent.get(2)).json().without("signatures")),
                                sent.get(3), chain(signedByOther(cited.get(sent.get(3))).json()),
                                sent.get(4), bytes("[1"))));
        send(fake, sent.toArray(Event[]::new));
        for (Event event : sent) {
            Waiting.untilTrue(() -> asked(fake, EVENT_AUTH, event) > 1);
        }
        assertNotShown(sent);
    }

    /// Power levels of Mallory's, which would be right were there none yet.
    private Event usurped() {
        JsonObject content = JsonObject.of("users", JsonObject.of(MALLORY.value(), 100));
        return seen.draft(MALLORY, POWER, "", content)
                .authEvents(List.of(joined.id()))
                .sign(fake.signer());
    }

    /// What only these would allow.
    private Event topic(Event power) {
        return seen.draft(MALLORY, "m.room.topic", "", JsonObject.of("topic", "hers"))
                .authEvents(List.of(joined.id(), power.id()))
                .sign(fake.signer());
    }

    private void assertNothingWasUsurped(JsonObject powerLevels) {
        send(other, seen(other).say(OSCAR, "not impressed"));
        assertThat(bodiesUntil("not impressed")).containsExactly("not impressed");
        assertThat(alice.get(room.path("/state/m.room.topic")).status()).isEqualTo(404);
        assertThat(alice.get(room.path("/state/" + POWER)).json()).isEqualTo(powerLevels);
    }

    @Test
    void whatAnAuthChainAllowsTheRoomNeedNotAllow() {
        Event power = usurped();
        Event topic = topic(power);
        fake.on(EVENT_AUTH, about(Map.of(topic, chain(power.json()))));
        send(fake, topic);
        Waiting.untilTrue(() -> status(topic).equals(REJECTED));
        assertNothingWasUsurped(seen.state(POWER, "").content());
    }
}
