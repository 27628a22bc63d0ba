package org.valise.rooms.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.platform.database.Database;
import org.valise.rooms.TestNode;
import org.valise.testing.TestDatabase;

final class HeadFenceTest {
    private static final String INSERT =
            """
            INSERT INTO rooms.head (room, version, extremities, snapshot, joined, invited, elsewhere, segment,
                next_index)
            SELECT 1, version, '{}', 0, 1, 0, 0, 0, 0 FROM generate_series(?, ?) AS version
            """;

    @Test
    void looksForNewerRowsByTheKeyAlsoWhereThereWereFew() {
        try (TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS)) {
            database.database()
                    .run(tx -> {
                        tx.update(INSERT, 1, 2);
                        tx.update("ANALYZE rooms.head");
                        tx.update(INSERT, 3, 50); // from the sixth on, a plan is kept
                    });
            long before = scans(database.database());
            database.database().run(tx -> tx.update(INSERT, 51, 100));
            assertThat(scans(database.database())).isEqualTo(before);
        }
    }

    /// How often the whole table was read; by this transaction and all before.
    private static long scans(Database database) {
        return database.read(tx -> {
            tx.query("SELECT pg_stat_force_next_flush()", row -> true);
            return tx.only(
                    "SELECT pg_stat_get_numscans('rooms.head'::regclass)", row -> row.getLong(1));
        });
    }
}
