package org.valise.rooms.userdirectory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.List;

class UserDirectoryTest {
    private static RoomsServer server;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer search(User searcher, JsonObject body) {
        return server.post(searcher, "/user_directory/search", body);
    }

    private static List<String> found(User searcher, String term) {
        return search(searcher, JsonObject.of("search_term", term)).list("results").stream()
                .map(user -> user.string("user_id").orElseThrow())
                .toList();
    }

    private static void name(User user, String name) {
        server.put(
                        user,
                        "/profile/" + user.id() + "/displayname",
                        JsonObject.of("displayname", name))
                .ok();
    }

    @Test
    void findsWhoIsInAPublicRoomByIdAndName() {
        User alice = server.register("alice-one");
        User eve = server.register("eve-one");
        name(alice, "Alice Cooper");
        server.publicRoom(alice);
        for (String term :
                new String[] {
                    "Alice Cooper",
                    "alice c",
                    "COOPER",
                    "cooper alice",
                    "Álice",
                    "@alice-o",
                    "@alice-one:example.org",
                    "alice-one"
                }) {
            assertThat(found(eve, term)).as(term).containsExactly(alice.id());
        }
        for (String term : new String[] {"ooper", "Alice Mooper", "", " ", "@", "%", "\0"}) {
            assertThat(found(eve, term)).as(term).isEmpty();
        }
        JsonObject result =
                search(eve, JsonObject.of("search_term", "cooper")).list("results").getFirst();
        assertThat(result)
                .isEqualTo(JsonObject.of("user_id", alice.id(), "display_name", "Alice Cooper"));
    }

    @Test
    void findsNobodyWhomOneCouldNotSee() {
        User bob = server.register("bob-two");
        User carol = server.register("carol-two");
        User dan = server.register("dan-two");
        String secret = server.room(bob, JsonObject.of("preset", "private_chat"));
        server.invite(bob, secret, carol);
        assertThat(found(dan, "bob-two")).isEmpty();
        assertThat(found(carol, "bob-two")).isEmpty();
        server.join(carol, secret);
        assertThat(found(carol, "bob-two")).containsExactly(bob.id());
        assertThat(found(bob, "carol-two")).containsExactly(carol.id());
        assertThat(found(bob, "bob-two")).isEmpty();
        assertThat(found(dan, "bob-two")).isEmpty();
        server.leave(carol, secret);
        assertThat(found(carol, "bob-two")).isEmpty();
    }

    @Test
    void followsDoorsThatOpenAndClose() {
        User frank = server.register("frank-three");
        User eve = server.register("eve-three");
        String room = server.room(frank, JsonObject.of("preset", "private_chat"));
        assertThat(found(eve, "frank-three")).isEmpty();
        server.setState(
                frank,
                room,
                "m.room.history_visibility",
                JsonObject.of("history_visibility", "world_readable"));
        assertThat(found(eve, "frank-three")).containsExactly(frank.id());
        server.setState(
                frank,
                room,
                "m.room.history_visibility",
                JsonObject.of("history_visibility", "shared"));
        assertThat(found(eve, "frank-three")).isEmpty();
        server.setState(frank, room, "m.room.join_rules", JsonObject.of("join_rule", "public"));
        assertThat(found(eve, "frank-three")).containsExactly(frank.id());
    }

    @Test
    void knowsNoNamesThatPeopleHaveInSomeRoomOnly() {
        User gwen = server.register("gwen-four");
        User bob = server.register("bob-four");
        server.publicRoom(gwen);
        String secret = server.room(gwen, JsonObject.of("preset", "private_chat"));
        server.put(
                        gwen,
                        "/rooms/" + secret + "/state/m.room.member/" + gwen.id(),
                        JsonObject.of("membership", "join", "displayname", "Freddy"))
                .ok();
        assertThat(found(bob, "freddy")).isEmpty();
        name(gwen, "Guinevere");
        assertThat(found(bob, "guin")).containsExactly(gwen.id());
        name(gwen, "");
        assertThat(found(bob, "guin")).isEmpty();
    }

    @Test
    void saysWhenThereAreMoreAndPutsTheWholeNameFirst() {
        User searcher = server.register("searcher-five");
        for (int i = 0; i < 4; i++) {
            User user = server.register("five-" + i);
            name(user, (i == 3 ? "" : "Someone ") + "Zebedee " + i);
            server.publicRoom(user);
        }
        assertThat(found(searcher, "zebedee")).hasSize(4).startsWith("@five-3:example.org");
        Answer two = search(searcher, JsonObject.of("search_term", "zebedee", "limit", 2));
        assertThat(two.list("results")).hasSize(2);
        assertThat(two.json().bool("limited")).contains(true);
        Answer all = search(searcher, JsonObject.of("search_term", "zebedee", "limit", 4));
        assertThat(all.list("results")).hasSize(4);
        assertThat(all.json().bool("limited")).contains(false);
        assertThat(search(searcher, JsonObject.of("limit", 2)).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
    }
}
