package org.valise.devices.changes;

import org.jspecify.annotations.Nullable;

import java.io.Serial;
import java.sql.SQLException;

/// A change of devices was not written: nothing of it was.
public final class ChangeRefusedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /// What `devices.refuse_lost_update` raises.
    private static final String OUTRUN = "VD001";

    /// What `devices.same_key` raises.
    private static final String OTHER_KEY = "VD002";

    private final @Nullable String state;

    ChangeRefusedException(SQLException cause) {
        super(cause.getMessage(), cause);
        this.state = cause.getSQLState();
    }

    /// Whether another change came first: whoever looks again may try again.
    public boolean isOutrun() {
        return OUTRUN.equals(state);
    }

    /// Whether a one-time key's id stands for another key already.
    public boolean isOtherKey() {
        return OTHER_KEY.equals(state);
    }
}
