package org.valise.platform.stream;

import java.io.Serial;
import java.sql.SQLException;

/// A unit was built on a unit that failed; whoever made it may build it again.
public final class StaleUnitException extends SQLException {
    @Serial private static final long serialVersionUID = 1L;

    public StaleUnitException() {
        super("built on a unit that was not committed");
    }
}
