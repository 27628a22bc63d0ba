package org.valise.platform.database;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// One connection at work, inside a transaction or on its own. SQL uses `?`; a literal question
/// mark operator is written `??`.
///
/// Parameters may be null, a number, boolean, text, bytes, instant, or an array (`long[]`, `int[]`,
/// `String[]`, `byte[][]`), so that `WHERE id = ANY(?)` and `FROM unnest(?, ?)` take any number of
/// values in one statement.
public final class Tx {
    private static final int STREAMED_ROWS = 500;
    private static final String NO_FSYNC = "SELECT set_config('synchronous_commit', 'off', true)";

    private final Connection connection;
    private final LongAdder statements;

    Tx(Connection connection, LongAdder statements) {
        this.connection = connection;
        this.statements = statements;
    }

    /// Nobody waits for this transaction to be on disk, and nobody else for that either: of what
    /// can be had or done again.
    public void withoutFsync() {
        query(NO_FSYNC, row -> row.getString(1));
    }

    /// All rows.
    public <T extends @Nullable Object> List<T> query(
            String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
        return run(
                sql,
                parameters,
                statement -> {
                    try (ResultSet rows = statement.executeQuery()) {
                        List<T> found = new ArrayList<>();
                        while (rows.next()) found.add(mapper.map(rows));
                        return found;
                    }
                });
    }

    /// The only row, if there is one. More than one is a fault of the statement.
    public <T> Optional<T> one(String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
        return run(
                sql,
                parameters,
                statement -> {
                    try (ResultSet rows = statement.executeQuery()) {
                        if (!rows.next()) return Optional.empty();
                        Optional<T> found = Optional.ofNullable(mapper.map(rows));
                        if (rows.next()) {
                            throw DatabaseException.refused(
                                    "expected at most one row from: " + sql.strip());
                        }
                        return found;
                    }
                });
    }

    /// The only row of a statement that always gives one, such as a count or an `INSERT …
    /// RETURNING`.
    public <T> T only(String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
        return one(sql, mapper, parameters)
                .orElseThrow(
                        () -> DatabaseException.refused("expected one row from: " + sql.strip()));
    }

    /// True when the statement gives at least one row.
    public boolean exists(String sql, @Nullable Object... parameters) {
        return run(
                sql,
                parameters,
                statement -> {
                    try (ResultSet rows = statement.executeQuery()) {
                        return rows.next();
                    }
                });
    }

    /// Hands over each row as it comes. Inside a transaction only some hundreds of rows are in
    /// memory at a time.
    public void each(String sql, RowConsumer consumer, @Nullable Object... parameters) {
        run(
                sql,
                parameters,
                statement -> {
                    statement.setFetchSize(STREAMED_ROWS);
                    try (ResultSet rows = statement.executeQuery()) {
                        while (rows.next()) consumer.accept(rows);
                        return true;
                    } finally {
                        statement.setFetchSize(0);
                    }
                });
    }

    /// Runs an INSERT, UPDATE, DELETE or DDL statement and gives the number of rows touched.
    public int update(String sql, @Nullable Object... parameters) {
        return run(sql, parameters, PreparedStatement::executeUpdate);
    }

    /// Runs one statement for each row of parameters in one round trip, and gives the number of
    /// rows touched by each (-2: unknown).
    public int[] batch(String sql, Iterable<? extends @Nullable Object[]> rows) {
        statements.increment();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            boolean any = false;
            for (@Nullable Object[] row : rows) {
                bind(statement, row);
                statement.addBatch();
                any = true;
            }
            return any ? statement.executeBatch() : new int[0];
        } catch (SQLException e) {
            SQLException next =
                    e.getNextException(); // the batch's own message says less than its cause
            throw DatabaseException.of(named(sql), next == null ? e : next);
        }
    }

    /// Runs a script of several statements without parameters.
    public void script(String sql) {
        statements.increment();
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw DatabaseException.of(named(sql), e);
        }
    }

    /// The connection itself, for the rare need (COPY, a pipelined commit). It goes back to the
    /// pool: change no setting.
    public Connection connection() {
        return connection;
    }

    private <T extends @Nullable Object> T run(
            String sql, @Nullable Object[] parameters, Work<T> work) {
        statements.increment();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, parameters);
            return work.on(statement);
        } catch (SQLException e) {
            throw DatabaseException.of(named(sql), e);
        }
    }

    private void bind(PreparedStatement statement, @Nullable Object[] parameters)
            throws SQLException {
        for (int i = 0; i < parameters.length; i++) bind(statement, i + 1, parameters[i]);
    }

    private void bind(PreparedStatement statement, int index, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setObject(index, null);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case String text -> statement.setString(index, text);
            case byte[] bytes -> statement.setBytes(index, bytes);
            case Boolean flag -> statement.setBoolean(index, flag);
            case Instant instant -> statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
            case Short number -> statement.setShort(index, number);
            case Double number -> statement.setDouble(index, number);
            case long[] numbers ->
                    statement.setArray(index, connection.createArrayOf("int8", boxed(numbers)));
            case int[] numbers ->
                    statement.setArray(index, connection.createArrayOf("int4", boxed(numbers)));
            case String[] texts ->
                    statement.setArray(index, connection.createArrayOf("text", texts));
            case byte[][] blobs ->
                    statement.setArray(index, connection.createArrayOf("bytea", blobs));
            default ->
                    throw new IllegalArgumentException(
                            "parameter "
                                    + index
                                    + " is a "
                                    + value.getClass().getName()
                                    + ": give a number, boolean, String, byte[], Instant, long[],"
                                    + " int[], String[] or byte[][]");
        }
    }

    private static Long[] boxed(long[] numbers) {
        Long[] boxed = new Long[numbers.length];
        for (int i = 0; i < numbers.length; i++) boxed[i] = numbers[i];
        return boxed;
    }

    private static Integer[] boxed(int[] numbers) {
        Integer[] boxed = new Integer[numbers.length];
        for (int i = 0; i < numbers.length; i++) boxed[i] = numbers[i];
        return boxed;
    }

    /// The statement's first line: enough to find it, without parameters.
    private static String named(String sql) {
        String text = sql.strip();
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end) + " …";
    }

    private interface Work<T extends @Nullable Object> {
        T on(PreparedStatement statement) throws SQLException;
    }

    /// Takes the row that the cursor stands on.
    @FunctionalInterface
    public interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }
}
