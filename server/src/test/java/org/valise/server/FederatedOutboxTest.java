package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.List;

/// What one server sends comes to the other, through outages of both.
class FederatedOutboxTest extends TwoServers {
    private static TestClient alice;
    private static TestClient bob;
    private TestRoom room = new TestRoom("");
    private Synced seen;

    @BeforeAll
    static void register() {
        alice = federation.register("red", "alice");
        bob = federation.register("blue", "bob");
    }

    @BeforeEach
    void meet() {
        TestFederation.awaitReach(alice, bob);
        room = TestRoom.open(alice);
        bob.post(
                "/_matrix/client/v3/join/" + Synced.encoded(room.id()) + "?via=red.test",
                JsonObject.of());
        seen = Synced.initial(bob);
    }

    /// Follows Bob's sync until it has brought these messages of the room, in whatever order.
    private List<String> awaitBodies(String last) {
        List<String> bodies = new ArrayList<>();
        Waiting.untilTrue(() -> {
            seen = seen.next(bob, "&timeout=1000");
            seen.in("join", room.id()).ifPresent(found -> bodies.addAll(found.bodies()));
            return bodies.contains(last);
        });
        return bodies;
    }

    private List<String> say(String... bodies) {
        for (String body : bodies) {
            room.say(alice, body);
        }
        return List.of(bodies);
    }

    @Test
    void eventsComeInOrder() {
        List<String> said = say("one", "two", "three", "four");
        assertThat(awaitBodies("four")).containsExactlyElementsOf(said);
    }

    @Test
    void whatWasSaidWhileTheOtherServerWasAwayComesWhenItIsBack() {
        say("before");
        awaitBodies("before");
        federation.stop("blue");
        List<String> said = say("one", "two", "three");
        federation.start("blue");
        assertThat(awaitBodies("three")).containsExactlyElementsOf(said);
        say("after");
        assertThat(awaitBodies("after")).containsExactly("after");
    }

    @Test
    void aSenderThatIsKilledLosesNothing() {
        federation.cut("red", "blue");
        List<String> said = say("one", "two", "three");
        federation.crash("red");
        federation.heal();
        federation.start("red");
        assertThat(awaitBodies("three")).containsExactlyElementsOf(said);
    }

    @Test
    void whoIsRemovedWhileTheirServerIsAwayLearnsOfIt() {
        federation.stop("blue");
        say("unheard");
        room.remove(alice, "kick", bob, "out");
        federation.start("blue");
        Waiting.untilTrue(() -> {
            seen = seen.next(bob, "&timeout=1000");
            return seen.in("leave", room.id()).isPresent();
        });
        int before = sent();
        say("not for bob");
        TestRoom other = TestRoom.open(alice);
        bob.post(
                "/_matrix/client/v3/join/" + Synced.encoded(other.id()) + "?via=red.test",
                JsonObject.of());
        other.say(alice, "for bob");
        Waiting.untilTrue(() -> sent() > before);
        assertThat(Synced.initial(bob).in("leave", room.id()).toString())
                .doesNotContain("not for bob");
    }

    private static int sent() {
        return (int)
                federation.link("red", "blue").seen().stream()
                        .filter(request -> request.contains("/federation/v1/send/"))
                        .count();
    }

    @Test
    void typingReceiptsAndPresenceComeToo() {
        String event = room.say(alice, "hello");
        awaitBodies("hello");
        alice.send(
                "PUT",
                room.path("/typing/" + Synced.encoded(alice.userId())),
                JsonObject.of("typing", true, "timeout", 30_000));
        room.read(alice, event, "m.read", JsonObject.of());
        alice.send(
                "PUT",
                "/_matrix/client/v3/presence/" + Synced.encoded(alice.userId()) + "/status",
                JsonObject.of("presence", "online", "status_msg", "at work"));
        List<String> types = new ArrayList<>();
        Waiting.untilTrue(() -> {
            seen = seen.next(bob, "&timeout=1000");
            seen.in("join", room.id())
                    .ifPresent(
                            found -> found.events("ephemeral").forEach(each -> note(types, each)));
            seen.events("presence").forEach(each -> note(types, each));
            return types.containsAll(List.of("m.typing", "m.receipt", "m.presence"));
        });
    }

    private static void note(List<String> types, JsonObject event) {
        JsonValue content = event.get("content");
        boolean isHers =
                String.valueOf(content).contains(alice.userId())
                        || event.string("sender").orElse("").equals(alice.userId());
        if (isHers) {
            types.add(event.string("type").orElseThrow());
        }
    }
}
