package org.valise.rooms.view;

import org.valise.platform.database.Database;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// In which rooms something happened, for whoever was away.
public final class NewsStore {
    private static final String CHANGED =
            """
            SELECT room FROM unnest(?) AS asked (room)
            WHERE EXISTS (
                    SELECT 1 FROM rooms.event e
                    WHERE e.room = asked.room AND e.position > ? AND e.position IS NOT NULL)
                OR EXISTS (
                    SELECT 1 FROM rooms.receipt r
                    WHERE r.room = asked.room AND r.position > ?)
            """;

    private final Database database;

    public NewsStore(Database database) {
        this.database = database;
    }

    /// The rooms among these with events or receipts after a position.
    public Set<Long> changedAfter(Collection<Long> rooms, long position) {
        long[] numbers = rooms.stream().mapToLong(Long::longValue).toArray();
        return new HashSet<>(
                database.read(tx ->
                        tx.query(CHANGED, row -> row.getLong(1), numbers, position, position)));
    }
}
