package org.valise.federation.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.id.ServerName;
import org.valise.testing.TestDatabase;

import java.time.Duration;
import java.util.List;

/// What waits for servers that do not come back.
class UnsentLimitsTest {
    private static final List<String> MIGRATIONS =
            List.of("org/valise/platform/migration", "org/valise/federation/migration");
    private static final String DEAD = "dead.example";
    private static final String SLOW = "slow.example";

    private final TestDatabase database = TestDatabase.create(MIGRATIONS);
    private final OutgoingEduStore edus = new OutgoingEduStore(database.database());
    private final UnsentLimits limits = new UnsentLimits(Duration.ofDays(30), 250);

    @AfterEach
    void close() {
        database.close();
    }

    private void failing(String server, String since) {
        database.database()
                .run(tx ->
                        tx.update(
                                "INSERT INTO federation.destination (server, position, failures,"
                                        + " failing_since) VALUES (?, 0, 5, now() - ?::interval)",
                                server,
                                since));
    }

    private void add(String server, String key, String age, String text) {
        database.database()
                .run(tx ->
                        tx.update(
                                "INSERT INTO federation.outgoing_edu (server, position, type, key,"
                                        + " content, written_at) VALUES (?, 1, 'test', ?,"
                                        + " convert_to(?, 'UTF8'), now() - ?::interval)",
                                server,
                                key,
                                "{\"text\":\"" + text + "\"}",
                                age));
    }

    private List<String> waiting(String server) {
        return edus.oldest(ServerName.parse(server), 100, 1 << 20).stream()
                .map(edu -> edu.content().string("text").orElseThrow())
                .toList();
    }

    @Test
    void ofWhatTheLastMakesUpForOnlyThatWaitsForWhoStaysAway() {
        failing(DEAD, "2 hours");
        failing(SLOW, "10 minutes");
        for (String server : List.of(DEAD, SLOW)) {
            for (int i = 0; i < 3; i++) {
                add(server, "alice", "1 year", "a" + i);
                add(server, "bob", "1 year", "b" + i);
                add(server, "", "1 hour", "m" + i);
            }
        }
        limits.enforce(edus);
        assertThat(waiting(DEAD)).containsExactly("m0", "m1", "a2", "b2", "m2");
        assertThat(waiting(SLOW)).hasSize(9);
    }

    @Test
    void messagesWaitForALimitedTime() {
        failing(DEAD, "40 days");
        add(DEAD, "", "31 days", "old");
        add(DEAD, "", "29 days", "new");
        limits.enforce(edus);
        assertThat(waiting(DEAD)).containsExactly("new");
    }

    @Test
    void ofTooManyMessagesTheNewestWait() {
        failing(DEAD, "2 hours");
        String text = "x".repeat(88); // 100 bytes each
        for (int i = 0; i < 5; i++) {
            add(DEAD, "", "1 hour", text + i);
            add(SLOW, "", "1 hour", "short" + i);
        }
        limits.enforce(edus);
        assertThat(waiting(DEAD)).containsExactly(text + 3, text + 4);
        assertThat(waiting(SLOW)).hasSize(5);
    }
}
