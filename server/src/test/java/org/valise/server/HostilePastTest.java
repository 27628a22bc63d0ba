package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.server.FakeServer.Answer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A server that lies about what was said in a room before others came.
final class HostilePastTest extends OneServer {
    private static final AtomicInteger ROOMS = new AtomicInteger();

    /// A room in which five things were said before Alice joined.
    private static FakeRoom room() {
        FakeRoom room =
                new FakeRoom(fake.signer(), RoomVersion.V11, "past" + ROOMS.incrementAndGet());
        for (int i = 0; i < 5; i++) {
            room.add(
                    room.creator,
                    "m.room.message",
                    null,
                    JsonObject.of("msgtype", "m.text", "body", "truth " + i),
                    fake.signer());
        }
        room.serveJoins(fake);
        return room;
    }

    /// What Alice reads of the past when it is told like this.
    private static String read(FakeRoom room, Function<FakeRoom, Answer> past) {
        fake.on(
                "/_matrix/federation/v1/backfill/" + Synced.encoded(room.id.value()),
                request -> past.apply(room));
        assertThat(enter(room).status()).isEqualTo(200);
        TestRoom known = new TestRoom(room.id.value());
        TestClient.Answer answer = alice.get(known.path("/messages?dir=b&limit=50"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static Answer pdus(List<JsonObject> pdus) {
        return Answer.ok(
                JsonObject.of(
                        "origin", "fake.test", "origin_server_ts", 1, "pdus", JsonArray.of(pdus)));
    }

    private static List<JsonObject> json(List<Event> events) {
        return events.stream().map(Event::json).toList();
    }

    @Test
    void believesWhatFitsTheRoom() {
        assertThat(read(room(), room -> pdus(json(room.events())))).contains("truth 0", "truth 4");
    }

    @Test
    void takesNothingForNothing() {
        assertThat(read(room(), room -> Answer.ok(JsonObject.of()))).doesNotContain("truth");
        assertThat(read(room(), room -> Answer.refusal(403, "M_FORBIDDEN")))
                .doesNotContain("truth");
        assertThat(read(room(), room -> Answer.ok(JsonObject.of("pdus", "what?"))))
                .doesNotContain("truth");
    }

    @Test
    void leavesOutWhatIsNotSigned() {
        assertThat(
                        read(
                                room(),
                                room ->
                                        pdus(
                                                json(room.events()).stream()
                                                        .map(pdu ->
                                                                pdu.with(
                                                                        "signatures",
                                                                        JsonObject.of()))
                                                        .toList())))
                .doesNotContain("truth");
    }

    @Test
    void showsNothingOfWhatWasChangedOnItsWay() {
        String read =
                read(
                        room(),
                        room ->
                                pdus(
                                        json(room.events()).stream()
                                                .map(HostilePastTest::changed)
                                                .toList()));
        assertThat(read).doesNotContain("a lie").doesNotContain("truth 2").contains("truth 1");
    }

    private static JsonObject changed(JsonObject pdu) {
        return pdu.toString().contains("truth 2")
                ? pdu.with("content", JsonObject.of("msgtype", "m.text", "body", "a lie"))
                : pdu;
    }

    @Test
    void leavesOutWhatIsOfAnotherRoomOrLeadsNowhere() {
        FakeRoom other = room();
        assertThat(read(room(), room -> pdus(json(other.events())))).doesNotContain("truth");
        AtomicInteger answers = new AtomicInteger();
        String read =
                read(
                        room(),
                        room -> {
                            answers.incrementAndGet();
                            List<Event> loose = new ArrayList<>();
                            for (int i = 0; i < 500; i++) {
                                loose.add(
                                        room.made(
                                                room.creator,
                                                "m.room.message",
                                                null,
                                                JsonObject.of("body", "truth?"),
                                                fake.signer()));
                            }
                            return pdus(json(loose));
                        });
        assertThat(read).doesNotContain("truth");
        assertThat(answers).hasValue(1);
    }
}
