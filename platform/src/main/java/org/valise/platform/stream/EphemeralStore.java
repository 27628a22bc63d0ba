package org.valise.platform.stream;

import org.valise.platform.database.Database;

import java.util.Collection;
import java.util.List;

/// The table of the small order.
final class EphemeralStore {
    /// Held to the end of the transaction: positions become visible in the order of their numbers.
    private static final String LOCK_ORDER = "SELECT pg_advisory_xact_lock(8620726155216618)";

    /// Positions are microseconds of the clock: after a crash, which empties the table, they go on
    /// above all that was given before.
    private static final String PUT =
            """
            INSERT INTO stream.ephemeral (kind, key, value, position, expires)
            SELECT kind, key, value, base.position + ordinal, now() + make_interval(secs => seconds)
            FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS row (kind, key, value, seconds, ordinal),
                (SELECT greatest(coalesce(max(position), 0),
                        (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) AS position
                    FROM stream.ephemeral) AS base
            ON CONFLICT (kind, key) DO UPDATE
            SET value = excluded.value, position = excluded.position, expires = excluded.expires
            """;

    private static final String NOTIFY = "SELECT pg_notify(?, '')";
    private static final String AFTER =
            """
            SELECT kind, key, value, position FROM stream.ephemeral
            WHERE position > ? ORDER BY position
            """;

    /// The newest stays: it says where the order is.
    private static final String PRUNE =
            """
            DELETE FROM stream.ephemeral
            WHERE expires < now() AND position < (SELECT max(position) FROM stream.ephemeral)
            """;

    private final Database database;

    EphemeralStore(Database database) {
        this.database = database;
    }

    /// Writes values, of each key one.
    ///
    /// @param channel whom to tell; empty for nobody
    void put(Collection<EphemeralOrder.Value> values, String channel) {
        database.run(tx -> {
            tx.withoutFsync();
            tx.query(LOCK_ORDER, row -> 0);
            tx.update(
                    PUT,
                    values.stream().map(EphemeralOrder.Value::kind).toArray(String[]::new),
                    values.stream().map(EphemeralOrder.Value::key).toArray(String[]::new),
                    values.stream().map(EphemeralOrder.Value::value).toArray(String[]::new),
                    values.stream().mapToLong(value -> value.keep().toSeconds()).toArray());
            if (!channel.isEmpty()) {
                tx.query(NOTIFY, row -> 0, channel);
            }
        });
    }

    List<EphemeralEntry> after(long position) {
        return database.read(tx ->
                tx.query(
                        AFTER,
                        row ->
                                new EphemeralEntry(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getLong(4)),
                        position));
    }

    void prune() {
        database.read(tx -> tx.update(PRUNE));
    }
}
