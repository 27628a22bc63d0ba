package org.valise.rooms.reading;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;
import org.valise.rooms.tokens.StreamToken;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class HistoryTest {
    private static RoomsServer server;
    private static User alice;
    private static User bob;
    private static User carol;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        bob = server.register("bob");
        carol = server.register("carol");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer messages(User user, String room, String query) {
        return server.get(user, "/rooms/" + room + "/messages?" + query);
    }

    private static List<String> bodies(Answer answer) {
        return answer.list("chunk").stream()
                .flatMap(e -> e.object("content").orElseThrow().string("body").stream())
                .toList();
    }

    private static String roomSeenBy(String historyVisibility) {
        return server.room(alice, RoomsServer.withHistory("public_chat", historyVisibility));
    }

    private static List<String> say(String room, int from, int to) {
        List<String> ids = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            ids.add(server.say(alice, room, "m" + i));
        }
        return ids;
    }

    @Test
    void pagesBackwardsToTheStartAndOmitsEndOnlyThere() {
        String room = server.publicRoom(alice);
        say(room, 1, 25);
        List<String> seen = new ArrayList<>();
        Answer page = messages(alice, room, "dir=b&limit=7");
        int pages = 0;
        while (true) {
            pages++;
            seen.addAll(page.ids("chunk"));
            Optional<String> end = page.ok().string("end");
            if (end.isEmpty()) {
                break;
            }
            assertThat(page.list("chunk")).hasSize(7);
            page = messages(alice, room, "dir=b&limit=7&from=" + end.get());
            assertThat(page.ok().string("start")).isEqualTo(end);
        }
        assertThat(pages).isGreaterThan(4);
        List<String> forwards = messages(alice, room, "dir=f&limit=1000").ids("chunk");
        assertThat(seen).doesNotHaveDuplicates().isEqualTo(forwards.reversed());
        assertThat(forwards.getFirst()).isEqualTo(createEvent(room));
    }

    private static String createEvent(String room) {
        return server.get(alice, "/rooms/" + room + "/state/m.room.create?format=event")
                .ok()
                .string("event_id")
                .orElseThrow();
    }

    @Test
    void hasTenEventsUnlessAskedOtherwise() {
        String room = server.publicRoom(alice);
        say(room, 1, 12);
        assertThat(bodies(messages(alice, room, "dir=b")))
                .containsExactly("m12", "m11", "m10", "m9", "m8", "m7", "m6", "m5", "m4", "m3");
    }

    @Test
    void takesTokensOfTheStreamAndOfTheRoomOrder() {
        String room = server.publicRoom(alice);
        say(room, 1, 3);
        String live = new StreamToken(server.stream().applied(), 0).toString();
        say(room, 4, 6);
        assertThat(bodies(messages(alice, room, "dir=b&limit=2&from=" + live)))
                .containsExactly("m3", "m2");
        Answer forwards = messages(alice, room, "dir=f&limit=2&from=" + live);
        assertThat(bodies(forwards)).containsExactly("m4", "m5");
        String order = forwards.ok().string("end").orElseThrow();
        assertThat(bodies(messages(alice, room, "dir=f&from=" + order))).containsExactly("m6");
        assertThat(messages(alice, room, "dir=f&from=" + order).ok().has("end")).isFalse();
        assertThat(bodies(messages(alice, room, "dir=b&from=" + order + "&to=" + live)))
                .containsExactly("m5", "m4");
        assertThat(bodies(messages(alice, room, "dir=f&from=" + live + "&to=" + order)))
                .containsExactly("m4", "m5");
        assertThat(messages(alice, room, "dir=f&from=" + order + "&to=" + order).ok().has("end"))
                .isFalse();
    }

    @Test
    void refusesWhatIsNoTokenDirectionLimitOrFilter() {
        String room = server.publicRoom(alice);
        assertThat(messages(alice, room, "").refusal()).isEqualTo("400 M_MISSING_PARAM");
        for (String query :
                new String[] {
                    "dir=x",
                    "dir=b&from=nonsense",
                    "dir=b&from=s1_x_1",
                    "dir=b&from=s1_9223372036854775807_1_1",
                    "dir=b&to=t1_1",
                    "dir=b&limit=-1",
                    "dir=b&limit=many"
                }) {
            assertThat(messages(alice, room, query).refusal())
                    .as(query)
                    .isEqualTo("400 M_INVALID_PARAM");
        }
        assertThat(messages(alice, room, "dir=b&filter=nonsense").refusal())
                .isEqualTo("400 M_NOT_JSON");
        assertThat(
                        messages(
                                        alice,
                                        room,
                                        "dir=b&filter=" + RoomsServer.escaped("{\"types\":1}"))
                                .refusal())
                .isEqualTo("400 M_BAD_JSON");
        for (String extreme :
                new String[] {
                    "t1_2147483647_9223372036854775807", "t1_-2147483648_-9223372036854775808"
                }) {
            assertThat(messages(alice, room, "dir=b&from=" + extreme).status()).isEqualTo(200);
            assertThat(messages(alice, room, "dir=f&from=" + extreme).status()).isEqualTo(200);
        }
    }

    @Test
    void filtersAndGoesOnAfterAPageThatHasNothing() {
        String room = server.publicRoom(alice);
        say(room, 1, 3);
        String filter =
                RoomsServer.escaped(
                        JsonObject.of("types", JsonArray.of("m.room.create")).toString());
        List<String> found = new ArrayList<>();
        Answer page = messages(alice, room, "dir=b&limit=2&filter=" + filter);
        while (true) {
            found.addAll(page.ids("chunk"));
            Optional<String> end = page.ok().string("end");
            if (end.isEmpty()) {
                break;
            }
            page = messages(alice, room, "dir=b&limit=2&filter=" + filter + "&from=" + end.get());
        }
        assertThat(found).containsExactly(createEvent(room));
    }

    @Test
    void lazyLoadsTheMembersWhoSpeakInTheChunk() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        server.join(carol, room);
        server.say(bob, room, "hi");
        String filter = RoomsServer.escaped(JsonObject.of("lazy_load_members", true).toString());
        Answer page = messages(alice, room, "dir=b&limit=1&filter=" + filter);
        assertThat(page.list("state").stream().map(e -> e.string("state_key").orElseThrow()))
                .containsExactly(bob.id());
        assertThat(messages(alice, room, "dir=b").ok().has("state")).isFalse();
    }

    @Test
    void showsWhoLeftTheRoomAsOfLeaving() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "before"));
        server.say(alice, room, "seen");
        server.post(
                        alice,
                        "/rooms/" + room + "/kick",
                        JsonObject.of("user_id", bob.id(), "reason", "noise"))
                .ok();
        String unseen = server.say(alice, room, "unseen");
        server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "after"));
        server.join(carol, room);

        Answer page = messages(bob, room, "dir=b");
        assertThat(bodies(page)).containsExactly("seen");
        assertThat(page.list("chunk").getFirst().object("content"))
                .contains(JsonObject.of("membership", "leave", "reason", "noise"));
        assertThat(server.get(bob, "/rooms/" + room + "/state/m.room.topic").ok())
                .isEqualTo(JsonObject.of("topic", "before"));
        assertThat(stateKeys(server.get(bob, "/rooms/" + room + "/members").list("chunk")))
                .containsExactlyInAnyOrder(alice.id(), bob.id());
        assertThat(stateKeys(server.get(bob, "/rooms/" + room + "/state").list("")))
                .doesNotContain(carol.id());
        assertThat(server.get(bob, "/rooms/" + room + "/event/" + unseen).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(bob, "/rooms/" + room + "/context/" + unseen).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(bob, "/rooms/" + room + "/joined_members").refusal())
                .isEqualTo("403 M_FORBIDDEN");
        String future = new StreamToken(server.stream().applied(), 0).toString();
        assertThat(bodies(messages(bob, room, "dir=b&from=" + future))).containsExactly("seen");
        assertThat(messages(bob, room, "dir=f&from=" + future).list("chunk")).isEmpty();
        assertThat(
                        stateKeys(
                                server.get(bob, "/rooms/" + room + "/members?at=" + future)
                                        .list("chunk")))
                .doesNotContain(carol.id());
    }

    private static List<String> stateKeys(List<JsonObject> events) {
        return events.stream().map(e -> e.string("state_key").orElseThrow()).toList();
    }

    @Test
    void keepsToTheHistoryVisibilityAtEachEvent() {
        String joined = roomSeenBy("joined");
        server.say(alice, joined, "before");
        server.join(bob, joined);
        server.say(alice, joined, "after");
        assertThat(bodies(messages(bob, joined, "dir=b&limit=50"))).containsExactly("after");

        String shared = roomSeenBy("shared");
        String before = server.say(alice, shared, "before");
        server.join(bob, shared);
        assertThat(bodies(messages(bob, shared, "dir=b&limit=50"))).containsExactly("before");
        assertThat(server.get(bob, "/rooms/" + shared + "/event/" + before).status())
                .isEqualTo(200);

        String invited = roomSeenBy("invited");
        String hidden = server.say(alice, invited, "before");
        server.invite(alice, invited, bob);
        String between = server.say(alice, invited, "between");
        assertThat(messages(bob, invited, "dir=b").refusal()).isEqualTo("403 M_FORBIDDEN");
        server.join(bob, invited);
        assertThat(bodies(messages(bob, invited, "dir=b&limit=50"))).containsExactly("between");
        assertThat(server.get(bob, "/rooms/" + invited + "/event/" + between).status())
                .isEqualTo(200);
        assertThat(server.get(bob, "/rooms/" + invited + "/event/" + hidden).refusal())
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void letsAnybodyReadAWorldReadableRoomAndNothingFromBeforeItWasOne() {
        String room = roomSeenBy("joined");
        String secret = server.say(alice, room, "secret");
        server.setState(
                alice,
                room,
                "m.room.history_visibility",
                JsonObject.of("history_visibility", "world_readable"));
        String open = server.say(alice, room, "open");
        assertThat(bodies(messages(bob, room, "dir=b&limit=50"))).containsExactly("open");
        assertThat(server.get(bob, "/rooms/" + room + "/event/" + open).status()).isEqualTo(200);
        assertThat(server.get(bob, "/rooms/" + room + "/event/" + secret).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.get(bob, "/rooms/" + room + "/state").list("")).isNotEmpty();
        assertThat(server.get(bob, "/rooms/" + room + "/members").list("chunk")).hasSize(1);
        server.setState(
                alice,
                room,
                "m.room.history_visibility",
                JsonObject.of("history_visibility", "shared"));
        assertThat(messages(bob, room, "dir=b").refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(server.get(bob, "/rooms/" + room + "/event/" + open).status()).isEqualTo(200);
    }

    @Test
    void leavesOutTheMessagesOfIgnoredUsersButNotTheirState() {
        String room = server.publicRoom(alice);
        User dave = server.register("dave");
        server.join(bob, room);
        server.join(dave, room);
        server.say(bob, room, "noise");
        server.say(alice, room, "signal");
        server.put(
                        dave,
                        "/user/" + dave.id() + "/account_data/m.ignored_user_list",
                        JsonObject.of("ignored_users", JsonObject.of(bob.id(), JsonObject.of())))
                .ok();
        Answer page = messages(dave, room, "dir=b&limit=50");
        assertThat(bodies(page)).containsExactly("signal");
        assertThat(page.list("chunk").stream().flatMap(e -> e.string("state_key").stream()))
                .contains(bob.id());
    }

    @Test
    void showsTheContextOfAnEventWithTokensToGoOn() {
        String room = server.publicRoom(alice);
        List<String> ids = say(room, 1, 9);
        Answer context =
                server.get(alice, "/rooms/" + room + "/context/" + ids.get(4) + "?limit=5");
        assertThat(context.ok().object("event").orElseThrow().string("event_id"))
                .contains(ids.get(4));
        assertThat(context.ids("events_before")).containsExactly(ids.get(3), ids.get(2));
        assertThat(context.ids("events_after")).containsExactly(ids.get(5), ids.get(6), ids.get(7));
        String start = context.ok().string("start").orElseThrow();
        String end = context.ok().string("end").orElseThrow();
        assertThat(messages(alice, room, "dir=b&limit=1&from=" + start).ids("chunk"))
                .containsExactly(ids.get(1));
        assertThat(messages(alice, room, "dir=f&limit=1&from=" + end).ids("chunk"))
                .containsExactly(ids.get(8));
        Answer alone = server.get(alice, "/rooms/" + room + "/context/" + ids.get(4) + "?limit=0");
        assertThat(alone.list("events_before")).isEmpty();
        assertThat(alone.list("events_after")).isEmpty();
        assertThat(alone.list("state")).isNotEmpty();
    }

    @Test
    void showsTheStateAtTheEndOfTheContextNotTheCurrentOne() {
        String room = server.publicRoom(alice);
        server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "old"));
        String event = server.say(alice, room, "hi");
        server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "new"));
        Answer context = server.get(alice, "/rooms/" + room + "/context/" + event + "?limit=0");
        assertThat(
                        context.list("state").stream()
                                .filter(e -> e.string("type").equals(Optional.of("m.room.topic")))
                                .map(e -> e.object("content").orElseThrow()))
                .containsExactly(JsonObject.of("topic", "old"));
    }
}
