package org.valise.federation.outbox;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.ServerName;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// How far other servers have got.
final class DestinationStore {
    private static final String COLUMNS =
            "SELECT server, position, failures, failing_since, retry_at FROM"
                    + " federation.destination";
    private static final String ALL = COLUMNS;
    private static final String ONE = COLUMNS + " WHERE server = ?";

    /// A position never goes back.
    private static final String SAVE =
            """
            INSERT INTO federation.destination AS known
                (server, position, failures, failing_since, retry_at)
            SELECT server, position, failures, to_timestamp(nullif(failing, 0) / 1000.0),
                   to_timestamp(nullif(retry, 0) / 1000.0)
            FROM unnest(?, ?, ?, ?, ?) AS row (server, position, failures, failing, retry)
            ON CONFLICT (server) DO UPDATE
            SET position = greatest(known.position, excluded.position),
                failures = excluded.failures,
                failing_since = excluded.failing_since,
                retry_at = excluded.retry_at
            """;

    /// Servers that have been failing for long are not waited for.
    private static final String SLOWEST =
            """
            SELECT coalesce(min(position), 0) FROM federation.destination
            WHERE failing_since IS NULL OR failing_since > now() - make_interval(days => ?)
            """;

    private static final String HURRY =
            """
            UPDATE federation.destination SET retry_at = now()
            WHERE server = ANY(?) AND retry_at > now()
            """;
    private static final String DUE =
            "SELECT server FROM federation.destination WHERE failures > 0 AND retry_at <= now()";

    private final Database database;

    DestinationStore(Database database) {
        this.database = database;
    }

    /// What is known of a server.
    ///
    /// @param position everything that concerns it up to here was delivered
    /// @param failures in a row
    /// @param failingSince null if it is not failing
    /// @param retryAt null if it may be tried at once
    record Progress(
            ServerName server,
            long position,
            int failures,
            @Nullable Instant failingSince,
            @Nullable Instant retryAt) {}

    List<Progress> all() {
        return database.read(tx -> tx.query(ALL, DestinationStore::progress));
    }

    Optional<Progress> find(ServerName server) {
        return database.read(tx -> tx.one(ONE, DestinationStore::progress, server.value()));
    }

    private static Progress progress(ResultSet row) throws SQLException {
        return new Progress(
                ServerName.parse(row.getString(1)),
                row.getLong(2),
                row.getInt(3),
                instant(row.getTimestamp(4)),
                instant(row.getTimestamp(5)));
    }

    private static @Nullable Instant instant(@Nullable Timestamp stored) {
        return stored == null ? null : stored.toInstant();
    }

    void save(Collection<Progress> changed) {
        database.read(tx -> save(tx, changed));
    }

    private static int save(Tx tx, Collection<Progress> changed) {
        return tx.update(
                SAVE,
                changed.stream().map(each -> each.server().value()).toArray(String[]::new),
                changed.stream().mapToLong(Progress::position).toArray(),
                changed.stream().mapToInt(Progress::failures).toArray(),
                changed.stream().mapToLong(each -> millis(each.failingSince())).toArray(),
                changed.stream().mapToLong(each -> millis(each.retryAt())).toArray());
    }

    private static long millis(@Nullable Instant instant) {
        return instant == null ? 0 : instant.toEpochMilli();
    }

    /// These are worth trying again: for the node that sends, which asks for [#due].
    int hurry(Collection<ServerName> servers) {
        String[] names = servers.stream().map(ServerName::value).toArray(String[]::new);
        return database.read(tx -> tx.update(HURRY, (Object) names));
    }

    /// Those who failed and may be tried again.
    List<ServerName> due() {
        return database.read(tx -> tx.query(DUE, row -> ServerName.parse(row.getString(1))));
    }

    /// The least position of all servers that have not been failing for so many days.
    long slowest(int days) {
        return database.read(tx -> tx.only(SLOWEST, row -> row.getLong(1), days));
    }
}
