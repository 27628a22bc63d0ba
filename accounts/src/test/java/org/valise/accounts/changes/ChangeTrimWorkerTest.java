package org.valise.accounts.changes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.accounts.AccountsServer;
import org.valise.accounts.MovableClock;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.List;

class ChangeTrimWorkerTest {
    private final MovableClock clock = new MovableClock();

    @Test
    void keepsWhatAFollowerLacksAndWhatIsYoung() {
        try (var server = AccountsServer.start(options -> options.withClock(clock))) {
            long user = server.accounts().registration().create("a", "password", false).number();
            for (int i = 0; i < 5; i++) {
                server.accounts().accountData().put(user, null, "t" + i, JsonObject.of());
            }
            List<Long> all = positions(server);
            assertThat(all).hasSize(5);
            long third = all.get(2);
            var worker = server.accounts().trimming(List.of(() -> third, () -> Long.MAX_VALUE));

            worker.trim();
            assertThat(positions(server)).isEqualTo(all);

            clock.advance(Duration.ofHours(25));
            worker.trim();
            assertThat(positions(server)).isEqualTo(all.subList(3, 5));
        }
    }

    private static List<Long> positions(AccountsServer server) {
        return server.database()
                .database()
                .read(tx ->
                        tx.query(
                                "SELECT position FROM accounts.change ORDER BY position",
                                row -> row.getLong(1)));
    }
}
