package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The events that `/sync` shows: which, in what form, and how gaps between them are closed.
final class SyncEventsTest {
    private static final TestServer SERVER = TestServer.start();
    private static final String SHORT = Synced.filter("{\"room\":{\"timeline\":{\"limit\":2}}}");
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-e" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-e" + people);
    private final TestRoom room = TestRoom.open(alice);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private void setVisibility(String visibility) {
        room.setState(
                alice,
                "m.room.history_visibility",
                "",
                JsonObject.of("history_visibility", visibility));
    }

    private static JsonObject unsigned(JsonObject event) {
        return event.object("unsigned").orElseThrow();
    }

    private static JsonObject event(Synced.Room room, String section, String type) {
        return room.events(section).stream()
                .filter(each -> each.string("type").orElse("").equals(type))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoJoinsSeesNothingFromBeforeWhereHistoryBeginsWithTheJoin() {
        setVisibility("joined");
        room.say(alice, "before");
        room.invite(alice, bob);
        room.say(alice, "invited");
        Synced before = Synced.initial(bob);
        room.join(bob);
        room.say(alice, "after");
        Synced.Room joined = before.next(bob).joined(room.id());
        assertThat(joined.bodies()).containsExactly("after");
        assertThat(joined.members("timeline")).containsExactly(bob.userId());
        assertThat(joined.limited()).isTrue();
    }

    @Test
    void whoJoinsSeesWhatWasSaidSinceTheInvitationWhereHistoryBeginsWithThat() {
        setVisibility("invited");
        room.say(alice, "before");
        room.invite(alice, bob);
        room.say(alice, "invited");
        room.join(bob);
        assertThat(Synced.initial(bob).joined(room.id()).bodies()).containsExactly("invited");
    }

    @Test
    void eventsGoByTheVisibilityAtTheirTimeNotByTheOneNow() {
        setVisibility("joined");
        room.say(alice, "under joined");
        setVisibility("shared");
        room.say(alice, "under shared");
        room.join(bob);
        Synced.Room joined = Synced.initial(bob).joined(room.id());
        assertThat(joined.bodies()).containsExactly("under shared");
        // A change of visibility goes by before or after.
        assertThat(joined.types("timeline")).contains("m.room.history_visibility");
    }

    @Test
    void previousContentIsShownOnlyToWhoMaySeeThatEvent() {
        setVisibility("joined");
        room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "secret"));
        room.join(bob);
        Synced before = Synced.initial(bob);
        String second = room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "open"));
        JsonObject first =
                unsigned(event(before.next(bob).joined(room.id()), "timeline", "m.room.topic"));
        assertThat(first.string("replaces_state")).isPresent();
        assertThat(first.toString()).doesNotContain("secret").doesNotContain("prev_content");
        room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "third"));
        Synced.Room later = before.next(bob).joined(room.id());
        JsonObject third = unsigned(later.events("timeline").getLast());
        assertThat(third.string("replaces_state")).contains(second);
        assertThat(third.object("prev_content")).contains(JsonObject.of("topic", "open"));
    }

    @Test
    void everyEventSaysWhatTheReaderWasAtIt() {
        room.say(alice, "before");
        room.join(bob);
        room.say(alice, "after");
        Synced.Room joined = Synced.initial(bob).joined(room.id());
        List<String> memberships =
                joined.events("timeline").stream()
                        .filter(each -> !each.string("type").orElse("").startsWith("m.room.c"))
                        .map(each -> unsigned(each).string("membership").orElseThrow())
                        .toList();
        assertThat(memberships.subList(memberships.size() - 3, memberships.size()))
                .containsExactly("leave", "join", "join");
        assertThat(joined.events("timeline"))
                .allSatisfy(each ->
                        assertThat(unsigned(each).integer("age").orElseThrow())
                                .isBetween(0L, 600_000L));
    }

    @Test
    void anotherDeviceOfTheSenderIsNotToldTheTransactionId() {
        Synced before = Synced.initial(alice);
        room.say(alice, "mine");
        assertThat(unsigned(before.next(alice).joined(room.id()).events("timeline").getFirst()))
                .satisfies(own -> assertThat(own.string("transaction_id")).isPresent());
        TestClient phone = alice.at(SERVER);
        phone.logIn();
        assertThat(before.next(phone).joined(room.id()).json().toString())
                .contains("mine")
                .doesNotContain("transaction_id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9", "10", "11", "12"})
    void whatIsRedactedIsNamedBothWaysInEveryVersion(String version) {
        TestRoom versioned = TestRoom.create(alice, JsonObject.of("room_version", version));
        String slip = versioned.say(alice, "a slip");
        String redaction = versioned.redact(alice, slip);
        Synced.Room joined = Synced.initial(alice).joined(versioned.id());
        JsonObject shown = event(joined, "timeline", "m.room.redaction");
        assertThat(shown.string("redacts")).contains(slip);
        assertThat(shown.object("content").flatMap(content -> content.string("redacts")))
                .contains(slip);
        JsonObject redacted = event(joined, "timeline", "m.room.message");
        assertThat(redacted.object("content")).contains(JsonObject.of());
        JsonObject because = unsigned(redacted).object("redacted_because").orElseThrow();
        assertThat(because.string("event_id")).contains(redaction);
        assertThat(because.string("redacts")).contains(slip);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f", "b"})
    void aGapIsClosedByMessagesBetweenTheTokensEitherWay(String direction) {
        room.say(alice, "seen");
        Synced before = Synced.initial(alice);
        for (int i = 0; i < 6; i++) {
            room.say(alice, "m" + i);
        }
        Synced.Room joined = before.next(alice, SHORT).joined(room.id());
        assertThat(joined.bodies()).containsExactly("m4", "m5");
        boolean forwards = direction.equals("f");
        String from = forwards ? before.token() : joined.previous();
        String to = forwards ? joined.previous() : before.token();
        List<String> found = new ArrayList<>();
        Optional<String> next = Optional.of(from);
        for (int page = 0; next.isPresent() && page < 10; page++) {
            TestClient.Answer answer =
                    alice.get(
                            room.path("/messages?limit=2&dir=" + direction)
                                    + "&from="
                                    + next.get()
                                    + "&to="
                                    + to);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            for (JsonObject event : answer.json().array("chunk").orElseThrow().objects()) {
                found.add(event.object("content").orElseThrow().string("body").orElse("?"));
            }
            next = answer.json().string("end");
        }
        if (!forwards) {
            Collections.reverse(found);
        }
        assertThat(found).containsExactly("m0", "m1", "m2", "m3");
    }

    @Test
    void aRoomsTokenOfEitherKindIsGoodForItsMembersAndMessages() {
        Synced before = Synced.initial(alice);
        room.join(bob);
        Synced after = before.next(alice);
        for (String at : List.of(before.token(), after.joined(room.id()).previous())) {
            TestClient.Answer members = alice.get(room.path("/members?at=" + at));
            assertThat(members.body()).contains(alice.userId()).doesNotContain(bob.userId());
            assertThat(alice.get(room.path("/messages?dir=b&from=" + at)).body())
                    .doesNotContain(bob.userId());
        }
        assertThat(alice.get(room.path("/members?at=" + after.token())).body())
                .contains(bob.userId());
        assertThat(alice.get(room.path("/messages?dir=f&from=" + before.token())).body())
                .contains(bob.userId());
    }

    @Test
    void aLastPageHasNoEndThoughItIsFull() {
        TestClient.Answer all = alice.get(room.path("/messages?dir=b&limit=1000"));
        int events = all.json().array("chunk").orElseThrow().objects().size();
        assertThat(all.json().has("end")).isFalse();
        TestClient.Answer full = alice.get(room.path("/messages?dir=b&limit=" + events));
        assertThat(full.json().array("chunk").orElseThrow().objects()).hasSize(events);
        assertThat(full.json().has("end")).isFalse();
        TestClient.Answer fewer = alice.get(room.path("/messages?dir=b&limit=" + (events - 1)));
        assertThat(fewer.json().has("end")).isTrue();
    }

    @Test
    void theHistoryOfSomebodyWhoLeftEndsWithTheirLeaveForEveryReading() {
        room.join(bob);
        String before = room.say(alice, "said before");
        room.leave(bob);
        String after = room.say(alice, "said later");
        room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "new topic"));
        assertThat(bob.get(room.path("/event/" + Synced.encoded(before))).status()).isEqualTo(200);
        assertThat(bob.get(room.path("/event/" + Synced.encoded(after))).status()).isEqualTo(404);
        assertThat(bob.get(room.path("/context/" + Synced.encoded(after))).status()).isEqualTo(404);
        assertThat(bob.get(room.path("/context/" + Synced.encoded(before))).body())
                .doesNotContain("said later");
        assertThat(bob.get(room.path("/messages?dir=b&limit=50")).body())
                .contains("said before")
                .doesNotContain("said later");
        assertThat(bob.get(room.path("/state")).body()).doesNotContain("new topic");
        assertThat(bob.get(room.path("/members")).status()).isEqualTo(200);
    }
}
