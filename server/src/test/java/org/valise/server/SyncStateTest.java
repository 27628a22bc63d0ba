package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Which state `/sync` shows, and what it says of a room's members.
final class SyncStateTest {
    private static final TestServer SERVER = TestServer.start();
    private static final String LAZY =
            Synced.filter(
                    "{\"room\":{\"timeline\":{\"limit\":3},\"state\":{\"lazy_load_members\":true}}}");
    private static final String LAZY_REDUNDANT =
            Synced.filter(
                    "{\"room\":{\"timeline\":{\"limit\":3},\"state\":{\"lazy_load_members\":true,"
                            + "\"include_redundant_members\":true}}}");
    private static final String SHORT = Synced.filter("{\"room\":{\"timeline\":{\"limit\":2}}}");
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-t" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-t" + people);
    private final TestRoom room = TestRoom.open(alice);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static JsonObject topic(String topic) {
        return JsonObject.of("topic", topic);
    }

    @Test
    void stateRunsToTheStartOfTheTimelineAndStateAfterToItsEnd() {
        room.setState(alice, "m.room.topic", "", topic("first"));
        Synced before = Synced.initial(alice);
        room.setState(alice, "m.room.topic", "", topic("in the gap"));
        room.say(alice, "one");
        room.setState(alice, "m.room.topic", "", topic("in the timeline"));
        Synced.Room plain = before.next(alice, SHORT).joined(room.id());
        assertThat(plain.limited()).isTrue();
        assertThat(plain.content("state", "m.room.topic")).isEqualTo(topic("in the gap"));
        assertThat(plain.types("timeline")).containsExactly("m.room.message", "m.room.topic");
        assertThat(plain.json().has("state_after")).isFalse();
        Synced.Room after = before.next(alice, SHORT + "&use_state_after=true").joined(room.id());
        assertThat(after.content("state_after", "m.room.topic"))
                .isEqualTo(topic("in the timeline"));
        assertThat(after.json().has("state")).isFalse();
        Synced.Room proposed =
                before.next(alice, SHORT + "&org.matrix.msc4222.use_state_after=true")
                        .joined(room.id());
        assertThat(proposed.content("org.matrix.msc4222.state_after", "m.room.topic"))
                .isEqualTo(topic("in the timeline"));
        assertThat(proposed.json().keys()).doesNotContain("state", "state_after");
    }

    @Test
    void stateAfterIsThereEvenWhenItIsEmpty() {
        Synced before = Synced.initial(alice);
        room.say(alice, "nothing changes");
        Synced.Room after = before.next(alice, "use_state_after=true").joined(room.id());
        assertThat(after.json().object("state_after")).isPresent();
        assertThat(after.events("state_after")).isEmpty();
        room.join(bob);
        Synced here = Synced.initial(bob);
        room.leave(bob);
        Synced.Room left = here.next(bob, "use_state_after=true").left(room.id());
        assertThat(left.members("state_after")).containsExactly(bob.userId());
        assertThat(left.json().has("state")).isFalse();
    }

    @Test
    void anInitialSyncHasTheStateAtTheStartOfTheTimelineOnce() {
        room.setState(alice, "m.room.topic", "", topic("old"));
        for (int i = 0; i < 3; i++) {
            room.say(alice, "m" + i);
        }
        room.setState(alice, "m.room.topic", "", topic("new"));
        Synced.Room joined = Synced.initial(alice, SHORT).joined(room.id());
        assertThat(joined.content("state", "m.room.topic")).isEqualTo(topic("old"));
        assertThat(joined.content("timeline", "m.room.topic")).isEqualTo(topic("new"));
        Synced.Room whole = Synced.initial(alice).joined(room.id());
        assertThat(
                        Stream.of("state", "timeline")
                                .flatMap(section -> whole.events(section).stream())
                                .map(event -> event.string("event_id").orElseThrow()))
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(3);
    }

    @Test
    void fullStateSendsAllStateButOnlyTheNewTimeline() {
        room.say(alice, "old");
        Synced before = Synced.initial(alice);
        room.say(alice, "new");
        Synced.Room full = before.next(alice, "full_state=true&timeout=30000").joined(room.id());
        assertThat(full.types("state"))
                .contains("m.room.create", "m.room.power_levels", "m.room.member");
        assertThat(full.bodies()).containsExactly("new");
        TestRoom quiet = TestRoom.open(alice);
        Synced.Room still = Synced.initial(alice).next(alice, "full_state=true").joined(quiet.id());
        assertThat(still.types("state")).contains("m.room.create");
        assertThat(still.types("timeline")).isEmpty();
    }

    @Test
    void lazyLoadingShowsWhoSpeaksTheReaderAndOnceOnly() {
        room.join(bob);
        TestClient carol = TestClient.register(SERVER, "carol-t" + people);
        room.join(carol);
        for (int i = 0; i < 3; i++) {
            room.say(bob, "m" + i);
        }
        room.setState(alice, "m.room.name", "", JsonObject.of("name", "Has a name"));
        room.say(bob, "x");
        room.say(bob, "y");
        room.say(bob, "z");
        Synced first = Synced.initial(alice, LAZY);
        assertThat(first.joined(room.id()).members("state"))
                .containsExactlyInAnyOrder(alice.userId(), bob.userId());
        room.say(bob, "again");
        Synced second = first.next(alice, LAZY);
        assertThat(second.joined(room.id()).members("state")).isEmpty();
        assertThat(first.next(alice, LAZY_REDUNDANT).joined(room.id()).members("state"))
                .containsExactly(bob.userId());
        room.say(carol, "me too");
        assertThat(second.next(alice, LAZY).joined(room.id()).members("state"))
                .containsExactly(carol.userId());
    }

    @Test
    void aJoinSeenInTheTimelineIsNotSentAgainAsState() {
        Synced before = Synced.initial(alice, LAZY);
        room.join(bob);
        Synced joined = before.next(alice, LAZY);
        assertThat(joined.joined(room.id()).members("timeline")).containsExactly(bob.userId());
        room.say(bob, "hello");
        assertThat(joined.next(alice, LAZY).joined(room.id()).members("state")).isEmpty();
    }

    @Test
    void heroesAreTheFirstFiveOthersAndComeWithTheirMemberEvents() {
        List<TestClient> crowd =
                IntStream.range(0, 6)
                        .mapToObj(i -> TestClient.register(SERVER, "h" + i + "-t" + people))
                        .toList();
        crowd.forEach(room::join);
        for (int i = 0; i < 3; i++) {
            room.say(alice, "m" + i);
        }
        Synced.Room joined = Synced.initial(alice, LAZY).joined(room.id());
        List<String> expected = crowd.stream().limit(5).map(TestClient::userId).toList();
        assertThat(heroes(joined)).isEqualTo(expected);
        assertThat(joined.members("state")).containsAll(expected);
        assertThat(summary(joined).integer("m.joined_member_count")).contains(7L);
        assertThat(heroes(Synced.initial(crowd.getFirst(), LAZY).joined(room.id())))
                .startsWith(alice.userId())
                .doesNotContain(crowd.getFirst().userId())
                .hasSize(5);
    }

    @Test
    void heroesAreThoseWhoLeftWhenNobodyElseIsThere() {
        room.join(bob);
        room.leave(bob);
        Synced.Room joined = Synced.initial(alice).joined(room.id());
        assertThat(heroes(joined)).containsExactly(bob.userId());
        assertThat(summary(joined).integer("m.joined_member_count")).contains(1L);
    }

    @Test
    void theSummaryComesAgainOnlyWhenMembersOrTheNameChange() {
        Synced before = Synced.initial(alice, LAZY);
        room.say(alice, "nothing of that sort");
        Synced quiet = before.next(alice, LAZY);
        assertThat(quiet.joined(room.id()).json().has("summary")).isFalse();
        room.invite(alice, bob);
        Synced invited = quiet.next(alice, LAZY);
        JsonObject summary = summary(invited.joined(room.id()));
        assertThat(summary.integer("m.joined_member_count")).contains(1L);
        assertThat(summary.integer("m.invited_member_count")).contains(1L);
        assertThat(heroes(invited.joined(room.id()))).containsExactly(bob.userId());
        room.setState(alice, "m.room.name", "", JsonObject.of("name", "A name"));
        Synced named = invited.next(alice, LAZY);
        assertThat(summary(named.joined(room.id())).has("m.heroes")).isFalse();
        room.setState(alice, "m.room.name", "", JsonObject.of("name", ""));
        assertThat(heroes(named.next(alice, LAZY).joined(room.id()))).containsExactly(bob.userId());
    }

    @Test
    void stateThatTheTimelineFilterLeavesOutIsTold() {
        Synced before = Synced.initial(alice);
        room.setState(alice, "m.room.topic", "", topic("hidden from the timeline"));
        room.say(alice, "shown");
        Synced.Room joined =
                before.next(
                                alice,
                                Synced.filter(
                                        "{\"room\":{\"timeline\":{\"types\":[\"m.room.message\"]}}}"))
                        .joined(room.id());
        assertThat(joined.types("timeline")).containsExactly("m.room.message");
        assertThat(joined.content("state", "m.room.topic"))
                .isEqualTo(topic("hidden from the timeline"));
    }

    private static JsonObject summary(Synced.Room room) {
        return room.json().object("summary").orElseThrow();
    }

    private static List<String> heroes(Synced.Room room) {
        return summary(room).array("m.heroes").orElseThrow().strings();
    }
}
