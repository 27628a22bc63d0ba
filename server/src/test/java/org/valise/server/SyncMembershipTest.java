package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

/// How rooms come into `/sync` and go out of it.
final class SyncMembershipTest {
    private static final TestServer SERVER = TestServer.start();
    private static final String INCLUDE_LEAVE =
            Synced.filter("{\"room\":{\"include_leave\":true,\"timeline\":{\"limit\":50}}}");
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-m" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-m" + people);
    private final TestRoom room = TestRoom.open(alice);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void aRoomLeftRejoinedAndLeftAgainComesWithItsFullStateUpToTheLastLeave() {
        room.join(bob);
        Synced before = Synced.initial(bob);
        room.leave(bob);
        room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "meanwhile"));
        room.join(bob);
        room.leave(bob);
        room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "afterwards"));
        Synced.Room left = before.next(bob).left(room.id());
        assertThat(left.json().toString()).contains("meanwhile").doesNotContain("afterwards");
        assertThat(left.types("state", "timeline")).contains("m.room.create");
        assertThat(left.types("timeline")).endsWith("m.room.member");
    }

    @Test
    void aBanReachesItsTargetWithItsReasonAndLiftingItShowsOnce() {
        room.join(bob);
        Synced before = Synced.initial(bob);
        room.remove(alice, "ban", bob, "much too loud");
        Synced banned = before.next(bob);
        assertThat(banned.left(room.id()).json().toString()).contains("much too loud");
        assertThat(banned.next(bob).in("leave", room.id())).isEmpty();
        room.remove(alice, "unban", bob, "quiet now");
        Synced lifted = banned.next(bob);
        assertThat(lifted.left(room.id()).json().toString()).contains("quiet now");
        assertThat(lifted.next(bob).in("leave", room.id())).isEmpty();
    }

    @Test
    void aBanAfterLeavingIsToldWithoutWhatWasSaidInBetween() {
        room.join(bob);
        Synced before = Synced.initial(bob);
        room.say(alice, "while bob was here");
        room.leave(bob);
        room.say(alice, "when bob was gone");
        room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "secret topic"));
        room.remove(alice, "ban", bob, "and stay out");
        Synced.Room left = before.next(bob).left(room.id());
        assertThat(left.bodies()).containsExactly("while bob was here");
        assertThat(left.json().toString())
                .contains("and stay out")
                .doesNotContain("secret topic")
                .doesNotContain("when bob was gone");
    }

    @Test
    void aDeclinedInvitationToARoomLeftLongAgoShowsNothingOfTheRoom() {
        room.join(bob);
        room.leave(bob);
        Synced gone = Synced.initial(bob);
        room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "secret topic"));
        room.invite(alice, bob);
        Synced invited = gone.next(bob);
        assertThat(invited.in("invite", room.id())).isPresent();
        room.leave(bob);
        Synced.Room left = invited.next(bob).left(room.id());
        assertThat(left.types("timeline")).containsExactly("m.room.member");
        assertThat(left.types("state")).isEmpty();
        assertThat(left.json().toString()).doesNotContain("secret topic");
    }

    @Test
    void anInvitationWithdrawnEndsOnceWithItsReason() {
        TestRoom secret = TestRoom.create(alice, JsonObject.of("name", "The plan"));
        secret.invite(alice, bob);
        Synced invited = Synced.initial(bob);
        assertThat(invited.in("invite", secret.id())).isPresent();
        secret.remove(alice, "kick", bob, "changed my mind");
        Synced withdrawn = invited.next(bob);
        assertThat(withdrawn.left(secret.id()).json().toString())
                .contains("changed my mind")
                .doesNotContain("The plan");
        assertThat(withdrawn.next(bob).in("leave", secret.id())).isEmpty();
    }

    @Test
    void anInvitationShowsInAnInitialSyncAndNotAgainAfterwards() {
        TestRoom secret = TestRoom.create(alice, JsonObject.of("name", "The plan"));
        secret.invite(alice, bob);
        Synced first = Synced.initial(bob);
        JsonObject state = first.in("invite", secret.id()).orElseThrow().json();
        assertThat(state.toString()).contains("The plan", "m.room.create", alice.userId());
        for (JsonObject event :
                state.object("invite_state")
                        .orElseThrow()
                        .array("events")
                        .orElseThrow()
                        .objects()) {
            assertThat(event.keys())
                    .containsExactlyInAnyOrder("sender", "type", "state_key", "content");
        }
        assertThat(first.next(bob).in("invite", secret.id())).isEmpty();
    }

    @Test
    void aKnockShowsStrippedStateAndItsRetractionEndsIt() {
        TestRoom knockable =
                TestRoom.create(
                        alice, JsonObject.of("name", "Behind the door", "preset", "private_chat"));
        knockable.setState(alice, "m.room.join_rules", "", JsonObject.of("join_rule", "knock"));
        Synced before = Synced.initial(bob);
        knockable.knock(bob);
        Synced knocking = before.next(bob);
        JsonObject state = knocking.in("knock", knockable.id()).orElseThrow().json();
        assertThat(state.object("knock_state")).isPresent();
        assertThat(state.toString()).contains("Behind the door", "m.room.create", bob.userId());
        knockable.leave(bob);
        Synced retracted = knocking.next(bob);
        assertThat(retracted.left(knockable.id()).types("timeline"))
                .containsExactly("m.room.member");
        assertThat(retracted.in("knock", knockable.id())).isEmpty();
        assertThat(retracted.next(bob).in("leave", knockable.id())).isEmpty();
    }

    @Test
    void leftRoomsComeOnRequestAsOfLeaving() {
        room.join(bob);
        room.say(alice, "before");
        room.leave(bob);
        room.say(alice, "after");
        assertThat(Synced.initial(bob).in("leave", room.id())).isEmpty();
        Synced.Room left = Synced.initial(bob, INCLUDE_LEAVE).left(room.id());
        assertThat(left.bodies()).containsExactly("before");
        assertThat(left.types("timeline")).endsWith("m.room.member");
        room.invite(alice, bob);
        room.leave(bob);
        Synced.Room again = Synced.initial(bob, INCLUDE_LEAVE).left(room.id());
        assertThat(again.bodies()).containsExactly("before");
    }

    @Test
    void aBanShowsInAnInitialSyncUntilTheRoomIsForgotten() {
        room.join(bob);
        room.say(alice, "before");
        room.remove(alice, "ban", bob, "enough");
        room.say(alice, "after");
        Synced.Room banned = Synced.initial(bob).left(room.id());
        assertThat(banned.bodies()).containsExactly("before");
        assertThat(banned.types("timeline")).endsWith("m.room.member");
        assertThat(Synced.initial(bob).next(bob).in("leave", room.id())).isEmpty();
        room.forget(bob);
        assertThat(Synced.initial(bob).in("leave", room.id())).isEmpty();
    }

    @Test
    void aForgottenRoomComesBackOnlyWithAnInvitationAKnockOrAJoin() {
        room.join(bob);
        room.leave(bob);
        room.forget(bob);
        Synced without = Synced.initial(bob, INCLUDE_LEAVE);
        assertThat(without.in("leave", room.id())).isEmpty();
        assertThat(Synced.initial(bob, "full_state=true").in("leave", room.id())).isEmpty();
        room.say(alice, "unseen");
        assertThat(without.next(bob).json().object("rooms")).isEmpty();
        room.invite(alice, bob);
        assertThat(without.next(bob).in("invite", room.id())).isPresent();
        room.join(bob);
        assertThat(without.next(bob).joined(room.id()).types("state", "timeline"))
                .contains("m.room.create");
        room.leave(bob);
        room.forget(bob);
        room.setState(alice, "m.room.join_rules", "", JsonObject.of("join_rule", "knock"));
        room.knock(bob);
        assertThat(Synced.initial(bob).in("knock", room.id())).isPresent();
    }

    @Test
    void aLeaveForgottenBeforeTheNextSyncIsNotShown() {
        room.join(bob);
        Synced before = Synced.initial(bob);
        room.leave(bob);
        room.forget(bob);
        assertThat(before.next(bob).in("leave", room.id())).isEmpty();
    }

    @Test
    void aChangedProfileIsNoNewStay() {
        room.join(bob);
        for (int i = 0; i < 3; i++) {
            room.say(alice, "old " + i);
        }
        Synced before = Synced.initial(bob);
        bob.send(
                "PUT",
                "/_matrix/client/v3/profile/" + Synced.encoded(bob.userId()) + "/displayname",
                JsonObject.of("displayname", "Bob the Second"));
        Synced.Room joined = Waiting.until(() -> before.next(bob).in("join", room.id()));
        assertThat(joined.types("timeline")).containsExactly("m.room.member");
        assertThat(joined.types("state")).isEmpty();
        assertThat(joined.limited()).isFalse();
    }

    @Test
    void accountDataSetOutsideARoomComesWithComingBack() {
        room.join(bob);
        room.leave(bob);
        bob.send(
                "PUT",
                "/_matrix/client/v3/user/"
                        + Synced.encoded(bob.userId())
                        + "/rooms/"
                        + Synced.encoded(room.id())
                        + "/account_data/org.example.note",
                JsonObject.of("note", "remember this"));
        Synced before = Synced.initial(bob);
        room.join(bob);
        assertThat(before.next(bob).joined(room.id()).types("account_data"))
                .contains("org.example.note");
    }
}
