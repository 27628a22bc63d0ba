package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who is there, and who is told. Spec: client-server API, "Presence".
final class PresenceTest {
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-p" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-p" + people);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static String path(TestClient who) {
        return "/_matrix/client/v3/presence/" + Synced.encoded(who.userId()) + "/status";
    }

    private static void set(TestClient who, JsonObject presence) {
        TestClient.Answer answer = who.send("PUT", path(who), presence);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static Optional<JsonObject> of(Synced synced, TestClient who) {
        List<JsonObject> events =
                synced.events("presence").stream()
                        .filter(event -> event.string("sender").orElse("").equals(who.userId()))
                        .toList();
        assertThat(events).hasSizeLessThan(2);
        return events.stream().findAny().map(event -> event.object("content").orElseThrow());
    }

    @Test
    void aSyncMakesOnlineAndTheUserSeesItToo() {
        JsonObject own = of(Synced.initial(alice), alice).orElseThrow();
        assertThat(own.string("presence")).contains("online");
        assertThat(own.bool("currently_active")).contains(true);
        assertThat(own.integer("last_active_ago").orElseThrow()).isBetween(0L, 60_000L);
        assertThat(alice.get(path(alice)).json().string("presence")).contains("online");
    }

    @Test
    void whatIsSetIsToldToThoseWhoShareARoom() {
        TestRoom.open(alice).join(bob);
        Synced before = Synced.initial(bob);
        set(alice, JsonObject.of("presence", "unavailable", "status_msg", "at lunch"));
        JsonObject told = of(before.next(bob, "timeout=10000"), alice).orElseThrow();
        assertThat(told.string("presence")).contains("unavailable");
        assertThat(told.string("status_msg")).contains("at lunch");
        assertThat(told.bool("currently_active")).contains(false);
        JsonObject asked = bob.get(path(alice)).json();
        assertThat(asked.string("presence")).contains("unavailable");
        assertThat(asked.string("status_msg")).contains("at lunch");
        assertThat(of(Synced.initial(bob), alice)).isPresent();
    }

    @Test
    void itIsToldOnce() {
        TestRoom.open(alice).join(bob);
        Synced.initial(bob);
        set(alice, JsonObject.of("presence", "online"));
        Synced after = Synced.initial(bob);
        assertThat(after.next(bob).events("presence")).isEmpty();
        set(alice, JsonObject.of("presence", "online"));
        assertThat(after.next(bob).events("presence")).isEmpty();
    }

    @Test
    void strangersLearnNothingNotEvenWhetherThereIsSuchAUser() {
        Synced before = Synced.initial(bob);
        set(alice, JsonObject.of("presence", "online"));
        assertThat(of(before.next(bob), alice)).isEmpty();
        assertThat(of(Synced.initial(bob), alice)).isEmpty();
        TestClient.Answer refused = bob.get(path(alice));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(bob.get("/_matrix/client/v3/presence/%40nobody%3Alocalhost/status").body())
                .isEqualTo(refused.body());
    }

    @Test
    void whoComesIntoARoomIsSeenThereAndSeesTheOthers() {
        TestRoom room = TestRoom.open(alice);
        Synced alices = Synced.initial(alice);
        Synced bobs = Synced.initial(bob);
        room.join(bob);
        assertThat(of(alices.next(alice), bob)).isPresent();
        assertThat(of(bobs.next(bob), alice)).isPresent();
    }

    @Test
    void setPresenceOfASyncSaysWhatToTakeItFor() {
        Synced first = Synced.initial(alice, "set_presence=offline");
        assertThat(alice.get(path(alice)).json().string("presence")).contains("offline");
        Synced.initial(alice, "set_presence=unavailable");
        assertThat(alice.get(path(alice)).json().string("presence")).contains("unavailable");
        first.next(alice); // goes on syncing: that is no activity
        assertThat(alice.get(path(alice)).json().string("presence")).contains("unavailable");
        TestRoom.open(alice).say(alice, "but this is");
        Waiting.untilTrue(() ->
                alice.get(path(alice)).json().string("presence").equals(Optional.of("online")));
    }

    @Test
    void refusesWhatIsNotOnesOwnOrNoPresence() {
        assertThat(bob.send("PUT", path(alice), JsonObject.of("presence", "online")).status())
                .isEqualTo(403);
        assertThat(alice.send("PUT", path(alice), JsonObject.of("presence", "asleep")).status())
                .isEqualTo(400);
        assertThat(alice.send("PUT", path(alice), JsonObject.of()).status()).isEqualTo(400);
        JsonObject longWinded = JsonObject.of("presence", "online", "status_msg", "x".repeat(600));
        assertThat(alice.send("PUT", path(alice), longWinded).status()).isEqualTo(400);
    }

    @Test
    void filtersAndIgnoredUsersHoldForPresenceToo() {
        TestRoom.open(alice).join(bob);
        Synced before = Synced.initial(bob);
        set(alice, JsonObject.of("presence", "unavailable"));
        assertThat(
                        before.next(bob, Synced.filter("{\"presence\":{\"not_types\":[\"*\"]}}"))
                                .events("presence"))
                .isEmpty();
        String from = "{\"presence\":{\"senders\":[\"" + bob.userId() + "\"]}}";
        assertThat(of(before.next(bob, Synced.filter(from)), alice)).isEmpty();
        assertThat(of(before.next(bob), alice)).isPresent();
        bob.send(
                "PUT",
                "/_matrix/client/v3/user/"
                        + Synced.encoded(bob.userId())
                        + "/account_data/m.ignored_user_list",
                JsonObject.of("ignored_users", JsonObject.of(alice.userId(), JsonObject.of())));
        assertThat(of(before.next(bob), alice)).isEmpty();
    }

    @Test
    void whoIsIdleIsAwayAndWhoDoesNotSyncIsGone() {
        try (TestServer impatient =
                TestServer.start(
                        Map.of(
                                "presence.idle_after", "1500ms",
                                "presence.offline_after", "3s"))) {
            TestClient carol = TestClient.register(impatient, "carol");
            TestClient dave = TestClient.register(impatient, "dave");
            TestRoom.open(carol).join(dave);
            Synced.initial(carol);
            assertThat(carol.get(path(carol)).json().string("presence")).contains("online");
            for (String expected : List.of("unavailable", "offline")) {
                Waiting.untilTrue(() ->
                        dave.get(path(carol))
                                .json()
                                .string("presence")
                                .equals(Optional.of(expected)));
            }
            assertThat(dave.get(path(carol)).json().integer("last_active_ago").orElseThrow())
                    .isPositive();
        }
    }

    @Test
    void turnedOffItTellsNobodyAnything() {
        try (TestServer silent = TestServer.start(Map.of("presence.enabled", "false"))) {
            TestClient carol = TestClient.register(silent, "carol");
            set(carol, JsonObject.of("presence", "online"));
            assertThat(Synced.initial(carol).events("presence")).isEmpty();
            assertThat(carol.get(path(carol)).json().string("presence")).contains("offline");
        }
    }
}
