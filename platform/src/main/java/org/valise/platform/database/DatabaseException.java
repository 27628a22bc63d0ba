package org.valise.platform.database;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import java.sql.SQLException;

/// A statement, commit or connection failed. `sqlState` is PostgreSQL's error code, `constraint`
/// the violated constraint's name.
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String CONNECTION_CLASS = "08";

    private final @Nullable String sqlState;
    private final @Nullable String constraint;
    private final boolean duringCommit;

    DatabaseException(
            String message,
            @Nullable Throwable cause,
            @Nullable String sqlState,
            @Nullable String constraint,
            boolean duringCommit) {
        super(message, cause);
        this.sqlState = sqlState;
        this.constraint = constraint;
        this.duringCommit = duringCommit;
    }

    static DatabaseException of(String doing, SQLException cause) {
        return new DatabaseException(
                doing + ": " + cause.getMessage(),
                cause,
                cause.getSQLState(),
                constraintOf(cause),
                false);
    }

    static DatabaseException duringCommit(SQLException cause) {
        return new DatabaseException(
                "commit: " + cause.getMessage(),
                cause,
                cause.getSQLState(),
                constraintOf(cause),
                true);
    }

    static DatabaseException refused(String message) {
        return new DatabaseException(message, null, null, null, false);
    }

    static DatabaseException refused(String message, Throwable cause) {
        return new DatabaseException(message, cause, null, null, false);
    }

    /// PostgreSQL's five-character code; null when the fault is not the server's.
    public @Nullable String sqlState() {
        return sqlState;
    }

    /// The name of the violated constraint or unique index.
    public @Nullable String constraint() {
        return constraint;
    }

    public boolean isUniqueViolation() {
        return "23505".equals(sqlState);
    }

    /// True when this constraint or unique index was violated.
    public boolean violates(String name) {
        return name.equals(constraint);
    }

    /// Serialization failure or deadlock: the same transaction may succeed when run again.
    public boolean isRetryable() {
        return "40001".equals(sqlState) || "40P01".equals(sqlState);
    }

    /// A statement, lock or idle limit ended the work.
    public boolean isTimeout() {
        return "57014".equals(sqlState) || "55P03".equals(sqlState) || "25P03".equals(sqlState);
    }

    /// The connection broke, or the server is stopping or starting.
    public boolean isConnectionLost() {
        return sqlState != null
                && (sqlState.startsWith(CONNECTION_CLASS) || sqlState.startsWith("57P0"));
    }

    /// The connection broke during COMMIT: whether the transaction happened must be looked up,
    /// never assumed.
    public boolean isOutcomeUnknown() {
        return duringCommit && (sqlState == null || isConnectionLost());
    }

    private static @Nullable String constraintOf(SQLException cause) {
        if (!(cause instanceof PSQLException fault)) return null;
        ServerErrorMessage message = fault.getServerErrorMessage();
        return message == null ? null : message.getConstraint();
    }
}
