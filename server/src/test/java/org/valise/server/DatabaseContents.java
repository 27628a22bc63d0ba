package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.valise.platform.database.Database;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// Whether anything in the database has changed since it was last looked at.
final class DatabaseContents {
    private static final String LAST_TRANSACTION =
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

    private static final String TABLES =
            """
            SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables
            WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
            ORDER BY 1
            """;

    private static final String FINGERPRINT =
            "SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM %s AS t";

    /// What a refused request may write, and why.
    private static final Map<String, String> MAY_CHANGE =
            Map.of(
                    "accounts.uia_session", "a challenge is a new session to answer it in",
                    "stream.ephemeral", "a node says by itself, now and then, that it lives");

    private static final Duration QUIET = Duration.ofMillis(100);

    private final Database database;
    private long lastTransaction;
    private Map<String, String> contents = Map.of();

    DatabaseContents(Database database) {
        this.database = database;
    }

    /// Looks at it, unless nothing was written since the last time.
    void remember() {
        long now = lastTransaction();
        if (now != lastTransaction) {
            contents = contents();
            lastTransaction = now;
        }
    }

    /// Waits until what a request sets going behind its answer (a new name in all rooms) is done.
    void settle() throws InterruptedException {
        long before;
        do {
            before = lastTransaction();
            Thread.sleep(QUIET);
        } while (lastTransaction() != before);
    }

    void requireUnchanged(String description) {
        long now = lastTransaction();
        if (now == lastTransaction) {
            return; // nobody wrote anything
        }
        lastTransaction = now;
        var before = contents;
        contents = contents();
        assertThat(contents)
                .as("refused, yet it changed the database: " + description)
                .isEqualTo(before);
    }

    private long lastTransaction() {
        return database.<Long>read(tx -> tx.only(LAST_TRANSACTION, row -> row.getLong(1)));
    }

    private Map<String, String> contents() {
        return database.read(tx -> {
            var all = new TreeMap<String, String>();
            for (String table : tx.query(TABLES, row -> row.getString(1))) {
                if (!MAY_CHANGE.containsKey(table)) {
                    all.put(table, tx.only(FINGERPRINT.formatted(table), row -> row.getString(1)));
                }
            }
            return all;
        });
    }
}
