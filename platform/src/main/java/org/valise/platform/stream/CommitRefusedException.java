package org.valise.platform.stream;

import java.io.Serial;
import java.sql.SQLException;

/// An ordered commit was refused: nothing of it was written.
public final class CommitRefusedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final String sqlState;

    CommitRefusedException(SQLException cause) {
        super(cause.getMessage(), cause);
        this.sqlState = cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    /// Whether the database gave this reason: modules have states of their own for what a commit
    /// relied on and no longer held.
    public boolean isState(String expected) {
        return sqlState.equals(expected);
    }
}
