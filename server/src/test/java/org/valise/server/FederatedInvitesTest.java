package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.testing.TestAuthority;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Invitations that another server sends, which a test plays.
class FederatedInvitesTest {
    @TempDir private static Path folder;
    private static FakeServer fake;
    private static TestServer here;
    private static TestClient alice;
    private static final List<FakeServer.Request> sentLeaves = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() {
        TestAuthority authority = TestAuthority.in(folder);
        int port = FakeServer.freePort();
        fake = new FakeServer(authority, "fake.test", port);
        here =
                TestServer.start(
                        Map.of(
                                "federation.ca_file",
                                authority.certificate().toString(),
                                "federation.allowed_networks",
                                "127.0.0.1",
                                "federation.allowed_servers",
                                "*.test",
                                "federation.addresses",
                                "fake.test=127.0.0.1:" + port));
        alice = TestClient.register(here, "alice");
    }

    @AfterAll
    static void stop() {
        here.close();
        fake.close();
    }

    @BeforeEach
    void quiet() {
        unanswered("/_matrix/federation/v1/make_leave/");
        sentLeaves.clear();
    }

    private static void unanswered(String prefix) {
        fake.on(prefix, request -> FakeServer.Answer.refusal(503, "M_UNKNOWN"));
    }

    private static InvitingRoom room() {
        return new InvitingRoom(fake, RoomVersion.V11);
    }

    private static Optional<Synced.Room> invitation(Synced sync, InvitingRoom room) {
        return sync.in("invite", room.id().value());
    }

    /// Other news may come first.
    private static void awaitInvitation(Synced since, TestClient who, InvitingRoom room) {
        Synced[] last = {since};
        Waiting.until(() -> {
            last[0] = last[0].next(who, "timeout=15000");
            return invitation(last[0], room);
        });
    }

    private static void refused(TestClient.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().string("errcode")).contains(code);
    }

    @ParameterizedTest
    @EnumSource(
            value = RoomVersion.class,
            names = {"V1", "V3", "V6", "V10", "V11", "V12"})
    void isSignedAndShownWithWhatIsToldOfTheRoom(RoomVersion version) {
        InvitingRoom room = new InvitingRoom(fake, version);
        Synced before = Synced.initial(alice);
        Event invitation = room.invitation(alice.userId());
        TestClient.Answer answer = room.send(here, invitation);

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonObject signed = answer.json().object("event").orElseThrow();
        assertThat(signed.object("signatures").orElseThrow().keys())
                .containsExactlyInAnyOrder("fake.test", "localhost");
        assertThat(signed.without("signatures")).isEqualTo(invitation.json().without("signatures"));
        for (Synced sync : List.of(before.next(alice), Synced.initial(alice))) {
            Synced.Room shown = invitation(sync, room).orElseThrow();
            assertThat(shown.types("invite_state"))
                    .contains("m.room.create", "m.room.join_rules", "m.room.name");
            assertThat(shown.members("invite_state"))
                    .containsExactlyInAnyOrder(room.rose().value(), alice.userId());
            for (JsonObject event : shown.events("invite_state")) {
                assertThat(event.keys())
                        .containsExactlyInAnyOrder("content", "sender", "state_key", "type");
            }
        }
    }

    /// `PUT /v1/invite`, which is for rooms of versions 1 and 2.
    @Test
    void olderServersInviteToOldRoomsByTheOldOperation() {
        InvitingRoom room = new InvitingRoom(fake, RoomVersion.V1);
        Event invitation = room.invitation(alice.userId());
        JsonObject unsigned = JsonObject.of("invite_room_state", JsonArray.of(room.told()));
        TestClient.Answer answer =
                fake.send(
                        here,
                        "localhost",
                        "PUT",
                        "/_matrix/federation/v1/invite/%s/%s"
                                .formatted(
                                        Synced.encoded(room.id().value()),
                                        Synced.encoded(invitation.id().value())),
                        invitation.json().with("unsigned", unsigned));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonArray pair = (JsonArray) Json.parse(answer.bytes());
        assertThat(pair.get(0)).isEqualTo(JsonArray.of(200).get(0));
        assertThat(
                        ((JsonObject) pair.get(1))
                                .object("event")
                                .flatMap(event -> event.object("signatures"))
                                .orElseThrow()
                                .keys())
                .containsExactlyInAnyOrder("fake.test", "localhost");
        assertThat(invitation(Synced.initial(alice), room)).isPresent();
    }

    /// "Senders which receive a 400 or 404 response to this endpoint should retry using the v1
    /// API", if the room's version is 1 or 2.
    @Test
    void olderServersAreInvitedByTheOldOperation() {
        fake.on(
                "/_matrix/federation/v2/invite/",
                request -> FakeServer.Answer.refusal(404, "M_UNRECOGNIZED"));
        fake.on(
                "/_matrix/federation/v1/invite/",
                request -> {
                    Event signed =
                            Event.parse(RoomVersion.V1, request.body().without("unsigned"))
                                    .signedAlsoBy(fake.signer());
                    JsonArray pair = JsonArray.of(200, JsonObject.of("event", signed.json()));
                    return new FakeServer.Answer(200, Json.write(pair));
                });
        String rose = "@rose:fake.test";
        TestRoom old = TestRoom.create(alice, JsonObject.of("room_version", "1"));
        alice.post(old.path("/invite"), JsonObject.of("user_id", rose));
        assertThat(alice.get(old.path("/state/m.room.member/" + rose)).json().string("membership"))
                .contains("invite");
        TestRoom newer = TestRoom.create(alice, JsonObject.of("room_version", "6"));
        TestClient.Answer refused =
                alice.send("POST", newer.path("/invite"), JsonObject.of("user_id", rose));
        assertThat(refused.status()).as(refused.body()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void wakesWhoWaits() throws Exception {
        InvitingRoom room = room();
        Synced before = Synced.initial(alice);
        Thread sender =
                Thread.ofVirtual().start(() -> room.send(here, room.invitation(alice.userId())));
        awaitInvitation(before, alice, room);
        sender.join();
    }

    @Test
    void isNothingButAnInvitationOfALocalUserByAUserOfTheServer() {
        InvitingRoom room = room();
        Event invitation = room.invitation(alice.userId());
        String me = alice.userId();
        JsonObject invite = JsonObject.of("membership", "invite");

        Event other = room.invitation(me);
        refused(room.send(here, invitation, room.body(other, room.told())), 400, "M_INVALID_PARAM");
        Event join = room.set("m.room.member", me, JsonObject.of("membership", "join"));
        refused(room.send(here, join), 400, "M_INVALID_PARAM");
        Event message = room.set("m.room.topic", "", JsonObject.of("membership", "invite"));
        refused(room.send(here, message), 400, "M_INVALID_PARAM");
        Event elsewhere = room.invitation("@x:elsewhere.test");
        refused(room.send(here, elsewhere), 400, "M_INVALID_PARAM");
        Event byOther =
                room.draft(UserId.parse("@eve:other.test"), "m.room.member", me, invite)
                        .sign(fake.signer());
        refused(room.send(here, byOther), 400, "M_INVALID_PARAM");
        Event ofOtherRoom = room().invitation(me);
        refused(room.send(here, ofOtherRoom), 400, "M_INVALID_PARAM");
        assertThat(invitation(Synced.initial(alice), room)).isEmpty();
    }

    @Test
    void mustBeSignedAndWhole() {
        InvitingRoom room = room();
        Event invitation = room.invitation(alice.userId());
        JsonObject changed =
                invitation.json().with("content", invitation.content().with("reason", "x"));
        refused(
                room.send(
                        here,
                        invitation,
                        room.body(invitation, room.told()).with("event", changed)),
                400,
                "M_INVALID_PARAM");
        JsonObject unsigned = invitation.json().with("signatures", JsonObject.of());
        refused(
                room.send(
                        here,
                        invitation,
                        room.body(invitation, room.told()).with("event", unsigned)),
                400,
                "M_INVALID_PARAM");
        assertThat(invitation(Synced.initial(alice), room)).isEmpty();
    }

    @Test
    void unknownRoomVersionsAreRefusedAsSuch() {
        InvitingRoom room = room();
        Event invitation = room.invitation(alice.userId());
        TestClient.Answer answer =
                room.send(
                        here,
                        invitation,
                        room.body(invitation, room.told()).with("room_version", "77"));
        refused(answer, 400, "M_INCOMPATIBLE_ROOM_VERSION");
        assertThat(answer.json().string("room_version")).contains("77");
    }

    /// v1.16: `invite_room_state` is made of whole events of the room, with the create event.
    @Test
    void roomStateMustBeWholeEventsFromVersionTwelveOn() {
        InvitingRoom room = new InvitingRoom(fake, RoomVersion.V12);
        InvitingRoom other = new InvitingRoom(fake, RoomVersion.V12, JsonObject.of("x", "y"));
        Event invitation = room.invitation(alice.userId());
        JsonObject whole = room.body(invitation, room.told());
        refused(
                room.send(here, invitation, whole.without("invite_room_state")),
                400,
                "M_MISSING_PARAM");
        List<List<JsonObject>> bad = new ArrayList<>();
        bad.add(List.of());
        bad.add(
                room.told().stream()
                        .filter(event -> !event.string("type").orElse("").equals("m.room.create"))
                        .toList());
        bad.add(other.told());
        bad.add(with(room.told(), stripped(room.told().getFirst())));
        bad.add(
                with(
                        room.told(),
                        room.draft(room.rose(), "m.room.topic", "", JsonObject.of("topic", "x"))
                                .sign(fake.signer())
                                .json()
                                .with("signatures", JsonObject.of())));
        for (List<JsonObject> told : bad) {
            refused(
                    room.send(here, invitation, room.body(invitation, told)),
                    400,
                    "M_INVALID_PARAM");
        }
        assertThat(invitation(Synced.initial(alice), room)).isEmpty();
        assertThat(room.send(here, invitation).status()).isEqualTo(200);
    }

    private static List<JsonObject> with(List<JsonObject> told, JsonObject more) {
        List<JsonObject> all = new ArrayList<>(told);
        all.add(more);
        return all;
    }

    private static JsonObject stripped(JsonObject event) {
        return event.keep(List.of("type", "state_key", "sender", "content")::contains);
    }

    /// Older servers send these.
    @Test
    void strippedStateIsTakenInOlderRoomVersions() {
        InvitingRoom room = room();
        Event invitation = room.invitation(alice.userId());
        List<JsonObject> told = room.told().stream().map(FederatedInvitesTest::stripped).toList();
        assertThat(room.send(here, invitation, room.body(invitation, told)).status())
                .isEqualTo(200);
        assertThat(
                        invitation(Synced.initial(alice), room)
                                .orElseThrow()
                                .content("invite_state", "m.room.name"))
                .isEqualTo(JsonObject.of("name", "The salon"));
    }

    @Test
    void whoIsNotThereOrDoesNotWantItCannotBeInvited() {
        InvitingRoom room = room();
        refused(room.send(here, room.invitation("@nobody:localhost")), 403, "M_FORBIDDEN");
        TestClient shy = TestClient.register(here, "shy");
        String config =
                "/_matrix/client/v3/user/%s/account_data/m.invite_permission_config"
                        .formatted(shy.userId());
        shy.send("PUT", config, JsonObject.of("default_action", "block"));
        refused(room.send(here, room.invitation(shy.userId())), 403, "M_INVITE_BLOCKED");
        assertThat(invitation(Synced.initial(shy), room)).isEmpty();
    }

    @Test
    void roomsThatDoNotFederateInviteNobody() {
        InvitingRoom room =
                new InvitingRoom(fake, RoomVersion.V11, JsonObject.of("m.federate", false));
        refused(room.send(here, room.invitation(alice.userId())), 403, "M_FORBIDDEN");
    }

    @Test
    void whoeverIsIgnoredInvitesInVain() {
        TestClient carol = TestClient.register(here, "carol");
        InvitingRoom room = room();
        carol.send(
                "PUT",
                "/_matrix/client/v3/user/%s/account_data/m.ignored_user_list"
                        .formatted(carol.userId()),
                JsonObject.of(
                        "ignored_users", JsonObject.of(room.rose().value(), JsonObject.of())));
        assertThat(room.send(here, room.invitation(carol.userId())).status()).isEqualTo(200);
        assertThat(invitation(Synced.initial(carol), room)).isEmpty();
    }

    @Test
    void isSeenAtEveryNode() {
        InvitingRoom room = room();
        try (TestServer second = here.secondNode()) {
            TestClient there = alice.at(second);
            Synced before = Synced.initial(there);
            assertThat(room.send(here, room.invitation(alice.userId())).status()).isEqualTo(200);
            awaitInvitation(before, there, room);
        }
    }

    private static void leave(TestClient who, InvitingRoom room) {
        TestClient.Answer answer =
                who.send(
                        "POST",
                        "/_matrix/client/v3/rooms/" + Synced.encoded(room.id().value()) + "/leave",
                        JsonObject.of("reason", "no time"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static void answerLeaving(InvitingRoom room) {
        JsonObject template =
                room.draft(
                                UserId.parse(alice.userId()),
                                "m.room.member",
                                alice.userId(),
                                JsonObject.of("membership", "leave", "x", "not what was asked for"))
                        .template();
        fake.on(
                "/_matrix/federation/v1/make_leave/",
                request ->
                        FakeServer.Answer.ok(
                                JsonObject.of("room_version", "11", "event", template)));
        fake.on(
                "/_matrix/federation/v2/send_leave/",
                request -> {
                    sentLeaves.add(request);
                    return FakeServer.Answer.ok(JsonObject.of());
                });
    }

    @Test
    void decliningTellsTheInvitersServer() {
        InvitingRoom room = room();
        Event invitation = room.invitation(alice.userId());
        room.send(here, invitation);
        Synced before = Synced.initial(alice);
        answerLeaving(room);
        leave(alice, room);

        Synced.Room left = before.next(alice).left(room.id().value());
        assertThat(left.content("timeline", "m.room.member"))
                .isEqualTo(JsonObject.of("membership", "leave", "reason", "no time"));
        assertThat(invitation(Synced.initial(alice), room)).isEmpty();
        FakeServer.Request told = Waiting.until(() -> sentLeave(room));
        Event leave = Event.parse(RoomVersion.V11, told.body());
        assertThat(leave.content())
                .isEqualTo(JsonObject.of("membership", "leave", "reason", "no time"));
        assertThat(leave.sender().value()).isEqualTo(alice.userId());
        assertThat(leave.prevEvents()).containsExactly(invitation.id());
        Waiting.untilTrue(() -> farewells(room) == 0);
    }

    private static Optional<FakeServer.Request> sentLeave(InvitingRoom room) {
        return sentLeaves.stream()
                .filter(request -> request.path().contains(Synced.encoded(room.id().value())))
                .findFirst();
    }

    private static long farewells(InvitingRoom room) {
        return here.database()
                .read(tx ->
                        tx.only(
                                "SELECT count(*) FROM rooms.farewell JOIN rooms.room ON room ="
                                        + " number WHERE room_id = ?",
                                row -> row.getLong(1),
                                room.id().value()));
    }

    @Test
    void decliningHoldsAtOnceAlthoughTheInvitersServerIsDeadAndIsToldLater() {
        InvitingRoom room = room();
        room.send(here, room.invitation(alice.userId()));
        Synced before = Synced.initial(alice);
        leave(alice, room);
        assertThat(before.next(alice).in("leave", room.id().value())).isPresent();
        assertThat(farewells(room)).isEqualTo(1);
        leave(alice, room);

        answerLeaving(room);
        here.database().run(tx -> tx.update("UPDATE rooms.farewell SET next_attempt = now()"));
        Waiting.until(() -> sentLeave(room));
        Waiting.untilTrue(() -> farewells(room) == 0);
    }

    @Test
    void whoDeclinedMayBeInvitedAgain() {
        InvitingRoom room = room();
        room.send(here, room.invitation(alice.userId()));
        leave(alice, room);
        Synced before = Synced.initial(alice);
        assertThat(room.send(here, room.invitation(alice.userId())).status()).isEqualTo(200);
        assertThat(invitation(before.next(alice), room)).isPresent();
    }
}
