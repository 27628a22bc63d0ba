package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;

/// What another server sends in transactions, and what becomes of it. Most of it no decent server
/// would send.
final class FederatedInboundTest extends SharedRoom {
    @Test
    void showsEventsInTheirOrderAndSaysWhichItTook() {
        Event first = seen.say(MALLORY, "first");
        Event second = seen.say(MALLORY, "second");
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
            pdus.add(seen.say(MALLORY, "m" + i).json());
        }
        assertThat(fake.transaction(one, "one.test", pdus, List.of()).status()).isEqualTo(400);
    }

    @Test
    void badEventsHarmNoOthers() {
        JsonObject content = JsonObject.of("msgtype", "m.text", "body", "bad");
        Event unsigned = seen.draft(MALLORY, "m.room.message", null, content).sign(other.signer());
        Event ofStranger =
                seen.draft(UserId.parse("@stranger:fake.test"), "m.room.message", null, content)
                        .sign(fake.signer());
        Event ofNobody =
                seen.draft(UserId.parse("@x:silent.test"), "m.room.message", null, content)
                        .sign(new FakeSigner(ServerName.parse("silent.test")));
        JsonObject good = seen.draft(MALLORY, "m.room.message", null, content).template();
        JsonObject changed =
                EventBuilder.sign(seen.version(), good, fake.signer())
                        .json()
                        .with("content", JsonObject.of("msgtype", "m.text", "body", "changed"));
        SeenRoom elsewhere = seen(fake, TestRoom.open(alice));
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
                        seen.say(MALLORY, "good").json());
        assertThat(fake.transaction(one, "one.test", pdus, List.of()).status()).isEqualTo(200);
        assertThat(bodiesUntil("good")).containsExactly("", "good");
        send(other, seen(other).say(OSCAR, "of another"));
        assertThat(bodiesUntil("of another")).containsExactly("of another");
    }

    @Test
    void whoWasBannedIsNotHeardThroughOldParents() {
        SeenRoom old = seen(fake);
        alice.post(room.path("/ban"), JsonObject.of("user_id", MALLORY.value()));
        Event evading = old.say(MALLORY, "evading");
        send(fake, evading);
        send(other, seen(other).say(OSCAR, "after"));
        assertThat(bodiesUntil("after")).containsExactly("after");
        Waiting.untilTrue(() -> isSoftFailed(evading));
    }

    @Test
    void aRoomWithManyForwardExtremitiesHealsAsPeopleSpeak() {
        Event parent = seen.last();
        List<Event> forks = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            seen.follow(parent);
            forks.add(seen.say(MALLORY, "fork " + i));
        }
        send(fake, forks.toArray(Event[]::new));
        Waiting.untilTrue(() -> extremities() == 45);
        room.say(alice, "one");
        assertThat(extremities()).isEqualTo(26);
        room.say(alice, "two");
        room.say(alice, "three");
        assertThat(extremities()).isEqualTo(1);
        send(other, seen(other).say(OSCAR, "still fine"));
        bodiesUntil("still fine");
    }

    @Test
    void eventsOfRoomsThatNobodyHereIsInAreIgnored() {
        room.leave(alice);
        Event event = seen.say(MALLORY, "to nobody");
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
                        seen.say(MALLORY, "sign this").json());
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().string("errcode")).contains("M_UNRECOGNIZED");
    }
}
