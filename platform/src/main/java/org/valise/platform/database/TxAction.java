package org.valise.platform.database;

import java.sql.SQLException;

/// Work on one connection without a result.
@FunctionalInterface
public interface TxAction {
    void run(Tx tx) throws SQLException;
}
