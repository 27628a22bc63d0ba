package org.valise.platform.database;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;

/// Work on one connection that gives a result.
@FunctionalInterface
public interface TxFunction<T extends @Nullable Object> {
    T apply(Tx tx) throws SQLException;
}
