package org.valise.rooms.sending;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class SecondReactionTest {
    /// "Homeservers should prevent users from sending a second annotation for a given event with
    /// identical event `type` and annotation `key`": also from two devices in the same moment.
    @Test
    void isRefusedWhileTheFirstIsOnItsWayToTheDatabase() throws Exception {
        try (RoomsServer server = RoomsServer.start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            User alice = server.register("alice");
            String room = server.publicRoom(alice);
            for (int round = 0; round < 10; round++) {
                String message = server.say(alice, room, "like me");
                List<Future<Answer>> answers = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    String path = "/rooms/" + room + "/send/m.reaction/r" + round + "x" + i;
                    answers.add(threads.submit(() -> server.put(alice, path, like(message))));
                }
                List<String> refusals = new ArrayList<>();
                for (Future<Answer> answer : answers) {
                    if (answer.get().status() != 200) {
                        refusals.add(answer.get().refusal());
                    }
                }
                assertThat(refusals).hasSize(5).containsOnly("400 M_DUPLICATE_ANNOTATION");
            }
        }
    }

    private static JsonObject like(String message) {
        return JsonObject.of(
                "m.relates_to",
                JsonObject.of("rel_type", "m.annotation", "event_id", message, "key", "👍"));
    }
}
