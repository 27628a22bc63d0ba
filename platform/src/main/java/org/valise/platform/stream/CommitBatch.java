package org.valise.platform.stream;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// The rows of one ordered commit, gathered from its units, and its one round trip to the database.
public final class CommitBatch {
    /// Held from here to the end of the transaction, so that positions are given in commit order by
    /// all nodes. An append-only table under a lock, and no counter row: see decisions/0008.
    private static final String LOCK_ORDER = "SELECT pg_advisory_xact_lock(8620726155216617)";

    private static final String TAKE_POSITIONS =
            """
            INSERT INTO stream.commit (position, batch)
            SELECT stream.last_position() + ?, ? RETURNING position
            """;

    private final UUID id;
    private final Map<BulkInsert, Rows> tables = new LinkedHashMap<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private int positions;

    CommitBatch(UUID id) {
        this.id = id;
    }

    /// Takes the next position; its ordinal in the batch, from 1.
    public int position() {
        return ++positions;
    }

    UUID id() {
        return id;
    }

    int positions() {
        return positions;
    }

    public void add(BulkInsert insert, @Nullable Object... row) {
        if (row.length != insert.columns().size()) {
            throw new IllegalArgumentException(insert.name() + " has other columns");
        }
        tables.computeIfAbsent(insert, Rows::new).values.add(row);
    }

    /// Hands over what an `ORDERED` statement gives back: the rows whose first column is `tag`.
    ///
    /// The rows come before the commit is known to be through. Where its outcome had to be looked
    /// up they never come, although everything was written.
    public void takeRows(BulkInsert insert, long tag, RowTaker taker) {
        tables.computeIfAbsent(insert, Rows::new).takers.put(tag, taker);
    }

    /// Runs something when the batch is committed and readers on this node see it; not at all if it
    /// is not written. It must not block.
    public void afterwards(Runnable action) {
        afterwards.add(action);
    }

    void published() {
        afterwards.forEach(Runnable::run);
    }

    /// Takes the row that the cursor stands on.
    @FunctionalInterface
    public interface RowTaker {
        void take(ResultSet row) throws SQLException;
    }

    /// Runs everything in one round trip. With autocommit on, the driver sends the statements up to
    /// one Sync, and the server treats them as one transaction.
    ///
    /// @return the position before the first one of this batch
    long run(Connection connection) throws SQLException {
        positions = Math.max(positions, 1); // a commit without visible changes still gets a row
        List<Rows> fences = phase(Phase.FENCE);
        List<Rows> ordered = phase(Phase.ORDERED);
        ordered.addAll(phase(Phase.CHANGES));
        StringBuilder sql = new StringBuilder(2048);
        for (Rows rows : fences) {
            rows.values.sort(
                    Comparator.comparingLong(row -> (long) Objects.requireNonNull(row[0])));
            sql.append(rows.insert.sql()).append(";\n");
        }
        sql.append(LOCK_ORDER).append(";\n").append(TAKE_POSITIONS);
        for (Rows rows : ordered) {
            sql.append(";\n").append(rows.insert.sql());
        }
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            int index = 1;
            for (Rows rows : fences) {
                index = bind(connection, statement, index, rows);
            }
            statement.setLong(index++, positions);
            statement.setObject(index++, id);
            for (Rows rows : ordered) {
                index = bind(connection, statement, index, rows);
            }
            long last = taken(statement, fences.size() + 1);
            if (last < 0) {
                throw new IllegalStateException("the commit gave no position");
            }
            for (Rows rows : ordered) {
                handOver(statement, rows);
            }
            return last - positions;
        }
    }

    private List<Rows> phase(Phase phase) {
        List<Rows> found = new ArrayList<>();
        for (Rows rows : tables.values()) {
            if (rows.insert.phase() == phase) {
                found.add(rows);
            }
        }
        return found;
    }

    /// The number in the result of the n-th statement, counting from 0.
    private static long taken(PreparedStatement statement, int n) throws SQLException {
        boolean isResult = statement.execute();
        for (int i = 0; i < n; i++) {
            isResult = statement.getMoreResults();
        }
        if (!isResult) {
            return -1;
        }
        try (ResultSet result = statement.getResultSet()) {
            return result.next() ? result.getLong(1) : -1;
        }
    }

    /// Goes on to the next statement's result.
    private static void handOver(PreparedStatement statement, Rows rows) throws SQLException {
        if (!statement.getMoreResults()) {
            return;
        }
        try (ResultSet result = statement.getResultSet()) {
            while (result.next()) {
                RowTaker taker = rows.takers.get(result.getLong(1));
                if (taker != null) {
                    taker.take(result);
                }
            }
        }
    }

    private int bind(Connection connection, PreparedStatement statement, int from, Rows rows)
            throws SQLException {
        int index = from;
        if (rows.insert.positioned()) {
            statement.setLong(index++, positions);
        }
        List<Column> columns = rows.insert.columns();
        for (int column = 0; column < columns.size(); column++) {
            Column type = columns.get(column);
            statement.setArray(
                    index++,
                    connection.createArrayOf(type.sqlType, array(type, rows.values, column)));
        }
        return index;
    }

    private static @Nullable Object[] array(
            Column type, List<@Nullable Object[]> rows, int column) {
        int size = rows.size();
        @Nullable Object[] array =
                switch (type) {
                    case LONG -> new Long[size];
                    case INT -> new Integer[size];
                    case TEXT -> new String[size];
                    case BYTES -> new byte[size][];
                    case BOOLEAN -> new Boolean[size];
                };
        for (int row = 0; row < size; row++) {
            array[row] = rows.get(row)[column];
        }
        return array;
    }

    /// The rows for one statement.
    private static final class Rows {
        final BulkInsert insert;
        final List<@Nullable Object[]> values = new ArrayList<>();
        final Map<Long, RowTaker> takers = new HashMap<>();

        Rows(BulkInsert insert) {
            this.insert = insert;
        }
    }
}
