package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `GET /notifications`. Spec: client-server API, "Listing notifications".
final class NotificationsTest {
    private static final String PATH = "/_matrix/client/v3/notifications";
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-q" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-q" + people);
    private final TestRoom room = TestRoom.open(alice);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static List<JsonObject> of(TestClient who, String query) {
        TestClient.Answer answer = who.get(PATH + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().array("notifications").orElseThrow().objects();
    }

    private static List<String> bodies(List<JsonObject> notifications) {
        return notifications.stream()
                .map(each -> each.object("event").orElseThrow().object("content").orElseThrow())
                .map(content -> content.string("body").orElse(""))
                .toList();
    }

    private void mention(TestClient who, TestClient whom, String body) {
        room.send(
                who,
                "m.room.message",
                JsonObject.of(
                        "msgtype",
                        "m.text",
                        "body",
                        body,
                        "m.mentions",
                        JsonObject.of("user_ids", JsonArray.of(whom.userId()))));
    }

    @Test
    void listsWhatNotifiedNewestFirstWithItsActionsAndWhetherItIsRead() {
        room.join(bob);
        String first = room.say(alice, "one");
        room.say(bob, "my own");
        mention(alice, bob, "two");
        room.read(bob, first, "m.read", JsonObject.of());
        List<JsonObject> all = of(bob, "");
        assertThat(bodies(all)).containsExactly("two", "one");
        assertThat(all.getFirst().array("actions").orElseThrow().toString())
                .contains("notify", "highlight");
        assertThat(all.getFirst().bool("read")).contains(false);
        assertThat(all.getLast().bool("read")).contains(true);
        assertThat(all.getLast().string("room_id")).contains(room.id());
        assertThat(all.getLast().integer("ts")).isPresent();
        assertThat(all.getLast().object("event").flatMap(event -> event.string("event_id")))
                .contains(first);
    }

    @Test
    void onlyHighlightsOnRequest() {
        room.join(bob);
        room.say(alice, "plain");
        mention(alice, bob, "for you");
        assertThat(bodies(of(bob, "?only=highlight"))).containsExactly("for you");
    }

    @Test
    void pagesThroughAllOfThemOnce() {
        room.join(bob);
        TestRoom other = TestRoom.open(alice);
        other.join(bob);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            (i % 2 == 0 ? room : other).say(alice, "m" + i);
            expected.addFirst("m" + i);
        }
        List<String> seen = new ArrayList<>();
        Optional<String> from = Optional.of("");
        while (from.isPresent()) {
            String more = from.get().isEmpty() ? "" : "&from=" + from.get();
            TestClient.Answer page = bob.get(PATH + "?limit=2" + more);
            seen.addAll(bodies(page.json().array("notifications").orElseThrow().objects()));
            from = page.json().string("next_token");
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void showsNothingThatWasSaidBeforeOneCouldSeeItNorWhatIsRedactedOrOfTheIgnored() {
        room.setState(
                alice,
                "m.room.history_visibility",
                "",
                JsonObject.of("history_visibility", "joined"));
        room.say(alice, "before bob");
        room.join(bob);
        String slip = room.say(alice, "a slip");
        room.say(alice, "fine");
        room.redact(alice, slip);
        assertThat(bodies(of(bob, ""))).containsExactly("fine");
        bob.send(
                "PUT",
                "/_matrix/client/v3/user/"
                        + Synced.encoded(bob.userId())
                        + "/account_data/m.ignored_user_list",
                JsonObject.of("ignored_users", JsonObject.of(alice.userId(), JsonObject.of())));
        assertThat(of(bob, "")).isEmpty();
    }

    @Test
    void refusesWhatIsNoTokenOrLimit() {
        assertThat(bob.get(PATH + "?from=nonsense").status()).isEqualTo(400);
        assertThat(bob.get(PATH + "?limit=0").status()).isEqualTo(400);
    }
}
