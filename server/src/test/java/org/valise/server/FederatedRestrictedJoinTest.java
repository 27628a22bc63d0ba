package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.server.FakeServer.Answer;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// Rooms of other servers that are joined because of a membership elsewhere.
final class FederatedRestrictedJoinTest {
    private static final String AUTHORISER = "join_authorised_via_users_server";
    private static final AtomicInteger ROOMS = new AtomicInteger();

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static FakeServer first;
    private static FakeServer second;
    private static TestClient alice;
    private static TestClient bob;

    @BeforeAll
    static void start() {
        federation = TestFederation.in(folder).server("one").fake("first").fake("second").start();
        first = federation.fake("first");
        second = federation.fake("second");
        alice = federation.register("one", "alice");
        bob = federation.register("one", "bob");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    /// A room of the second server that members of another one may join; it vouches for everybody.
    private static FakeRoom restricted(String condition) {
        FakeRoom room =
                new FakeRoom(second.signer(), RoomVersion.V11, "room" + ROOMS.incrementAndGet());
        room.state(
                "m.room.join_rules",
                "",
                JsonObject.of(
                        "join_rule",
                        "restricted",
                        "allow",
                        JsonArray.of(
                                JsonObject.of("type", "m.room_membership", "room_id", condition))));
        room.serveJoins(second);
        return room;
    }

    private static String path(String step, FakeRoom room) {
        return "/_matrix/federation/" + step + "/" + Synced.encoded(room.id.value());
    }

    /// Lets the second server vouch for a user.
    private static void vouch(FakeRoom room, String user, String authoriser, boolean signs) {
        JsonObject content = JsonObject.of("membership", "join", AUTHORISER, authoriser);
        second.on(
                path("v1/make_join", room),
                request ->
                        Answer.ok(
                                JsonObject.of(
                                        "room_version",
                                        "11",
                                        "event",
                                        room.template(
                                                UserId.parse(user),
                                                "m.room.member",
                                                user,
                                                content))));
        second.on(
                path("v2/send_join", room),
                request -> {
                    Event join = Event.parse(RoomVersion.V11, request.body());
                    return Answer.ok(
                            room.sendJoin(
                                    (signs ? join.signedAlsoBy(second.signer()) : join).json()));
                });
    }

    private static TestClient.Answer join(TestClient who, FakeRoom room, String... via) {
        return FederatedJoinTest.join(who, new TestRoom(room.id.value()), via);
    }

    private static JsonObject member(TestClient who, FakeRoom room) {
        return who.get(new TestRoom(room.id.value()).path("/state/m.room.member/" + who.userId()))
                .json();
    }

    @Test
    void asksOtherServersWhereOneCannotVouch() {
        for (String errcode :
                new String[] {"M_UNABLE_TO_AUTHORISE_JOIN", "M_UNABLE_TO_GRANT_JOIN"}) {
            FakeRoom room = restricted("!space:second.test");
            vouch(room, alice.userId(), room.creator.value(), true);
            first.on(path("v1/make_join", room), request -> Answer.refusal(400, errcode));
            TestClient.Answer answer = join(alice, room, "first.test", "second.test");
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(member(alice, room).string(AUTHORISER)).contains(room.creator.value());
        }
    }

    @Test
    void asksOtherServersWhereOneCannotVouchAnyMore() {
        FakeRoom room = restricted("!space:second.test");
        vouch(room, alice.userId(), room.creator.value(), true);
        first.on(path("v1/make_join", room), request -> Answer.ok(room.makeJoin(alice.userId())));
        first.on(
                path("v2/send_join", room),
                request -> Answer.refusal(400, "M_UNABLE_TO_GRANT_JOIN"));
        assertThat(join(alice, room, "first.test", "second.test").status()).isEqualTo(200);
    }

    @Test
    void tellsTheUserWhyNobodyVouches() {
        FakeRoom room = restricted("!space:second.test");
        for (FakeServer each : new FakeServer[] {first, second}) {
            each.on(
                    path("v1/make_join", room),
                    request -> Answer.refusal(400, "M_UNABLE_TO_AUTHORISE_JOIN"));
        }
        TestClient.Answer answer = join(alice, room, "first.test", "second.test");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().string("errcode")).contains("M_UNABLE_TO_AUTHORISE_JOIN");
        second.on(path("v1/make_join", room), request -> Answer.refusal(403, "M_FORBIDDEN"));
        assertThat(join(alice, room, "first.test", "second.test").status())
                .as("a refusal says more")
                .isEqualTo(403);
    }

    @Test
    void passesNothingOnThatIsNotTheUsersToKnow() {
        FakeRoom room = restricted("!space:second.test");
        for (String errcode : new String[] {"M_UNKNOWN_TOKEN", "M_MISSING_PARAM", "M_NONSENSE"}) {
            second.on(path("v1/make_join", room), request -> Answer.refusal(401, errcode));
            TestClient.Answer answer = join(alice, room, "second.test");
            assertThat(answer.status()).as(errcode).isEqualTo(502);
            assertThat(answer.json().string("errcode")).contains("M_UNKNOWN");
        }
    }

    @Test
    void believesNobodyWhoVouchesWithoutSigning() {
        FakeRoom room = restricted("!space:second.test");
        vouch(room, alice.userId(), room.creator.value(), false);
        assertThat(join(alice, room, "second.test").status()).isEqualTo(502);
        vouch(room, alice.userId(), "@somebody:first.test", true);
        assertThat(join(alice, room, "second.test").status())
                .as("not of the server that was asked")
                .isEqualTo(502);
        assertThat(member(alice, room).string("errcode")).contains("M_FORBIDDEN");
    }

    @Test
    void asksOtherServersWhenInTheRoomButUnableToVouch() {
        TestRoom space = TestRoom.open(bob);
        FakeRoom room = restricted(space.id());
        room.state(
                "m.room.power_levels",
                "",
                JsonObject.of("users", JsonObject.of(room.creator.value(), 100), "invite", 50));
        room.state("m.room.member", alice.userId(), JsonObject.of("membership", "invite"));
        assertThat(join(alice, room, "second.test").status()).isEqualTo(200);
        vouch(room, bob.userId(), room.creator.value(), true);
        first.on(
                path("v1/make_join", room),
                request -> Answer.refusal(400, "M_UNABLE_TO_AUTHORISE_JOIN"));
        assertThat(join(bob, room, "first.test").json().string("errcode"))
                .as("asks those who are named, and nobody else")
                .contains("M_UNABLE_TO_AUTHORISE_JOIN");
        TestClient.Answer answer = join(bob, room, "one.test");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(member(bob, room).string(AUTHORISER)).contains(room.creator.value());
        assertThat(FederatedJoinTest.members(bob, new TestRoom(room.id.value())))
                .containsExactlyInAnyOrder(room.creator.value(), alice.userId(), bob.userId());
    }
}
