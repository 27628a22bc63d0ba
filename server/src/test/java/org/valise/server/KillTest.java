package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.platform.config.ValiseConfig;
import org.valise.platform.database.Database;
import org.valise.platform.database.EmbeddedPostgres;
import org.valise.platform.database.EmbeddedPostgresConfig;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// The server, or PostgreSQL under it, is killed with -9 under load, again and again. What was
/// acknowledged is there, once; what was not may be there, once; the room engine's invariants hold.
final class KillTest {
    private static final int SENDERS = 6;

    @TempDir private Path folder;

    private final List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void losesAndDoublesNothingWhenKilled() throws Exception {
        killRepeatedly(4, 1);
    }

    @Test
    @Tag("long")
    void losesAndDoublesNothingWhenKilledManyTimes() throws Exception {
        killRepeatedly(60, System.nanoTime());
    }

    private void killRepeatedly(int rounds, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        ChildServer server = ChildServer.start(folder);
        String token = server.register("alice");
        String room = server.createRoom(token);
        for (int round = 0; round < rounds; round++) {
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> senders = startSenders(server, token, room, round, stop);
            Thread.sleep(300 + random.nextInt(700));
            boolean database = round % 2 == 1;
            if (database) {
                server.killPostgres();
                Thread.sleep(100);
            }
            server.kill();
            stop.set(true);
            for (Thread sender : senders) {
                sender.join(Duration.ofSeconds(30));
            }
            server = ChildServer.start(folder);
        }
        List<String> bodies = server.allBodies(token, room);
        server.stop();
        assertThat(bodies).as("seed %d", seed).doesNotHaveDuplicates();
        Set<String> there = new HashSet<>(bodies);
        assertThat(acknowledged).as("seed %d", seed).isNotEmpty().allMatch(there::contains);
        assertThat(bodies.size()).isLessThanOrEqualTo(attempts.get());
        checkInvariants();
    }

    private List<Thread> startSenders(
            ChildServer server, String token, String room, int round, AtomicBoolean stop) {
        List<Thread> senders = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            int number = sender;
            senders.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; !stop.get(); i++) {
                                    String body = round + "-" + number + "-" + i;
                                    attempts.incrementAndGet();
                                    if (!server.send(token, room, body)) {
                                        return;
                                    }
                                    acknowledged.add(body);
                                }
                            }));
        }
        return senders;
    }

    private void checkInvariants() throws IOException {
        ValiseConfig config = ValiseConfig.of(Map.of("data", folder.toString()));
        try (EmbeddedPostgres postgres =
                        EmbeddedPostgres.start(EmbeddedPostgresConfig.in(config.data()));
                Database database = Database.open(postgres.database())) {
            assertThat(new RoomInvariants(database).violations()).isEmpty();
        }
    }
}
