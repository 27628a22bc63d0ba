package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

/// What filters leave of a sync. Spec: client-server API, "Filtering".
final class SyncFilterTest {
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-f" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-f" + people);
    private final TestRoom room = TestRoom.open(alice);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private Synced.Room with(String filter) {
        return Synced.initial(alice, Synced.filter(filter)).joined(room.id());
    }

    @Test
    void eventFieldsLeaveOnlyWhatIsNamed() {
        room.say(alice, "hello");
        Synced.Room joined =
                with(
                        "{\"event_fields\":[\"type\",\"content.body\",\"event_id\"],"
                                + "\"room\":{\"timeline\":{\"types\":[\"m.room.message\"]}}}");
        JsonObject event = joined.events("timeline").getFirst();
        assertThat(event.keys()).containsExactlyInAnyOrder("type", "content", "event_id");
        assertThat(event.object("content")).contains(JsonObject.of("body", "hello"));
        assertThat(joined.events("state"))
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.keys()).doesNotContain("sender"));
    }

    @Test
    void aTimelineOfNothingLeavesItToTheStateToTellAll() {
        room.say(alice, "hello");
        Synced.Room joined = with("{\"room\":{\"timeline\":{\"limit\":0}}}");
        assertThat(joined.events("timeline")).isEmpty();
        assertThat(joined.types("state")).contains("m.room.create", "m.room.member");
    }

    @Test
    void theFederationFormatShowsEventsAsServersSendThem() {
        room.say(alice, "raw");
        JsonObject event =
                with("{\"event_format\":\"federation\","
                                + "\"room\":{\"timeline\":{\"types\":[\"m.room.message\"]}}}")
                        .events("timeline")
                        .getFirst();
        assertThat(event.keys()).contains("auth_events", "prev_events", "hashes", "signatures");
    }

    @Test
    void roomsAreIncludedAndExcludedNotRoomsFirst() {
        TestRoom other = TestRoom.open(alice);
        String only = "{\"room\":{\"rooms\":[\"" + room.id() + "\"]}}";
        assertThat(Synced.initial(alice, Synced.filter(only)).in("join", other.id())).isEmpty();
        String without = "{\"room\":{\"not_rooms\":[\"" + other.id() + "\"]}}";
        assertThat(Synced.initial(alice, Synced.filter(without)).in("join", other.id())).isEmpty();
        assertThat(with(without).types("state", "timeline")).isNotEmpty();
        String both =
                "{\"room\":{\"rooms\":[\"%s\"],\"not_rooms\":[\"%s\"]}}"
                        .formatted(room.id(), room.id());
        assertThat(Synced.initial(alice, Synced.filter(both)).json().object("rooms")).isEmpty();
    }

    @Test
    void containsUrlPicksEventsByTheirContent() {
        room.say(alice, "without");
        room.send(alice, "m.room.message", JsonObject.of("body", "with", "url", "mxc://example/1"));
        assertThat(with("{\"room\":{\"timeline\":{\"contains_url\":true}}}").bodies())
                .containsExactly("with");
        assertThat(with("{\"room\":{\"timeline\":{\"contains_url\":false}}}").bodies())
                .containsExactly("without");
    }

    @Test
    void sendersAndTypesArePickedWithWildcardsAndExclusionsFirst() {
        room.join(bob);
        room.say(alice, "from alice");
        room.say(bob, "from bob");
        room.send(bob, "org.example.thing", JsonObject.of("body", "x"));
        String senders = "{\"room\":{\"timeline\":{\"senders\":[\"%s\"]}}}";
        assertThat(with(senders.formatted(bob.userId())).bodies()).containsExactly("from bob");
        String notSenders = "{\"room\":{\"timeline\":{\"not_senders\":[\"%s\"]}}}";
        assertThat(with(notSenders.formatted(bob.userId())).bodies()).containsExactly("from alice");
        assertThat(
                        with("{\"room\":{\"timeline\":{\"types\":[\"org.example.*\"]}}}")
                                .types("timeline"))
                .containsExactly("org.example.thing");
        assertThat(
                        with("{\"room\":{\"timeline\":{\"types\":[\"m.room.message\"],"
                                        + "\"not_types\":[\"m.*\"]}}}")
                                .types("timeline"))
                .isEmpty();
    }

    @Test
    void aSelectiveFilterLooksFurtherBackThanTheLimit() {
        room.say(alice, "first");
        for (int i = 0; i < 6; i++) {
            room.send(alice, "org.example.noise", JsonObject.of("n", i));
        }
        room.say(alice, "second");
        Synced.Room joined =
                with("{\"room\":{\"timeline\":{\"limit\":2,\"types\":[\"m.room.message\"]}}}");
        assertThat(joined.bodies()).containsExactly("first", "second");
    }

    @Test
    void aTimelineThatIsNotWantedIsEmptyAndNotLimited() {
        Synced before = Synced.initial(alice);
        for (int i = 0; i < 5; i++) {
            room.say(alice, "m" + i);
        }
        String nothing = Synced.filter("{\"room\":{\"timeline\":{\"not_types\":[\"*\"]}}}");
        assertThat(before.next(alice, nothing).in("join", room.id())).isEmpty();
    }

    @Test
    void aStoredFilterMeansTheSameAndAnUnknownOneIsRefused() {
        room.say(alice, "hello");
        String id =
                alice.post(
                                "/_matrix/client/v3/user/"
                                        + Synced.encoded(alice.userId())
                                        + "/filter",
                                JsonObject.of(
                                        "room",
                                        JsonObject.of("timeline", JsonObject.of("limit", 1))))
                        .string("filter_id")
                        .orElseThrow();
        Synced.Room joined = Synced.initial(alice, "filter=" + id).joined(room.id());
        assertThat(joined.bodies()).containsExactly("hello");
        assertThat(joined.types("timeline")).hasSize(1);
        assertThat(joined.limited()).isTrue();
        assertThat(alice.get("/_matrix/client/v3/sync?filter=424242").status()).isEqualTo(400);
        assertThat(alice.get("/_matrix/client/v3/sync?filter=%7Bnonsense").status()).isEqualTo(400);
    }

    @Test
    void accountDataIsFiltered() {
        setAccountData("", "org.example.one");
        setAccountData("", "org.example.two");
        setAccountData("/rooms/" + Synced.encoded(room.id()), "org.example.room");
        String filter =
                "{\"account_data\":{\"types\":[\"org.example.one\"]},"
                        + "\"room\":{\"account_data\":{\"not_types\":[\"org.example.*\"]}}}";
        Synced synced = Synced.initial(alice, Synced.filter(filter));
        assertThat(new Synced.Room(synced.json()).types("account_data"))
                .containsExactly("org.example.one");
        assertThat(synced.joined(room.id()).types("account_data")).isEmpty();
    }

    private void setAccountData(String where, String type) {
        TestClient.Answer answer =
                alice.send(
                        "PUT",
                        "/_matrix/client/v3/user/"
                                + Synced.encoded(alice.userId())
                                + where
                                + "/account_data/"
                                + type,
                        JsonObject.of("set", true));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void timeoutsAreBoundedAndMayBeAnything() {
        Synced before = Synced.initial(alice);
        before.next(alice, "timeout=-5");
        assertThat(alice.get("/_matrix/client/v3/sync?timeout=soon").status()).isEqualTo(400);
        assertThat(alice.get("/_matrix/client/v3/sync?set_presence=asleep").status())
                .isEqualTo(400);
        assertThat(alice.get("/_matrix/client/v3/sync?full_state=maybe").status()).isEqualTo(400);
    }
}
