package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.server.Link.Fate;
import org.valise.server.Link.Passage;
import org.valise.server.Link.Weather;

import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/// What tests of federation stand on: links that do what they are told, servers that stop and come
/// back.
final class TestFederationTest extends TwoServers {
    private static TestClient alice;
    private static TestClient bob;

    @BeforeAll
    static void register() {
        alice = federation.register("red", "alice");
        bob = federation.register("blue", "bob");
    }

    private static int profileOfBob() {
        return alice.get("/_matrix/client/v3/profile/" + bob.userId()).status();
    }

    private static void awaitProfileOfBob() {
        Waiting.untilTrue(() -> profileOfBob() == 200);
    }

    @Test
    void aCutLinkLetsNothingThroughUntilItIsHealed() {
        awaitProfileOfBob();
        federation.cut("red", "blue");
        assertThat(profileOfBob()).isNotEqualTo(200);
        federation.heal();
        awaitProfileOfBob();
    }

    @Test
    void aRequestIsDoubledOrComesLateAsTheWeatherSays() {
        awaitProfileOfBob();
        Deque<Passage> passages = new ConcurrentLinkedDeque<>();
        passages.add(new Passage(Fate.LATE, Duration.ZERO));
        passages.add(new Passage(Fate.DOUBLED, Duration.ofMillis(10)));
        Weather weather =
                () -> {
                    Passage next = passages.poll();
                    return next == null ? Passage.CLEAR : next;
                };
        Link link = federation.link("red", "blue");
        link.set(weather);
        int before = link.seen().size();
        assertThat(profileOfBob()).isNotEqualTo(200);
        awaitProfileOfBob();
        assertThat(passages).isEmpty();
        List<String> seen = link.seen();
        assertThat(seen.subList(before, seen.size()))
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(
                        request -> request.startsWith("GET /_matrix/federation/v1/query/profile"));
    }

    @Test
    void aServerThatWasStoppedOrKilledComesBackWithWhatItHad() {
        TestRoom room = TestRoom.open(bob);
        String said = room.say(bob, "before");
        federation.stop("blue");
        assertThat(profileOfBob()).isNotEqualTo(200);
        federation.start("blue");
        assertThat(bob.isLoggedIn()).isTrue();
        String again = room.say(bob, "between");
        federation.crash("blue");
        federation.start("blue");
        for (String event : List.of(said, again)) {
            JsonObject found = bob.get(room.path("/event/" + Synced.encoded(event))).json();
            assertThat(found.string("event_id")).contains(event);
        }
        awaitProfileOfBob();
    }
}
