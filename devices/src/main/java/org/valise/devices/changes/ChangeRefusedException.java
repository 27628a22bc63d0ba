package org.valise.devices.changes;

import org.valise.platform.stream.CommitRefusedException;

import java.io.Serial;

/// A change of devices was not written: nothing of it was.
public final class ChangeRefusedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /// What `devices.refuse_lost_update` raises.
    private static final String OUTRUN = "VD001";

    /// What `devices.same_key` raises.
    private static final String OTHER_KEY = "VD002";

    private final boolean outrun;
    private final boolean otherKey;

    ChangeRefusedException(CommitRefusedException cause) {
        super(cause.getMessage(), cause);
        this.outrun = cause.isState(OUTRUN);
        this.otherKey = cause.isState(OTHER_KEY);
    }

    /// Whether another change came first: whoever looks again may try again.
    public boolean isOutrun() {
        return outrun;
    }

    /// Whether a one-time key's id stands for another key already.
    public boolean isOtherKey() {
        return otherKey;
    }
}
