package org.valise.accounts.changes;

import java.io.Serial;
import java.sql.SQLException;

/// An ordered commit was refused: nothing of it was written.
public final class CommitRefusedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /// What `accounts.must` raises: what the commit relied on no longer held.
    private static final String OUTRUN = "VA001";

    private final boolean outrun;

    CommitRefusedException(SQLException cause) {
        super(cause.getMessage(), cause);
        this.outrun = OUTRUN.equals(cause.getSQLState());
    }

    /// Whether another commit came first: whoever looks again may try again.
    public boolean isOutrun() {
        return outrun;
    }
}
