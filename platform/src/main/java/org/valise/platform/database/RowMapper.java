package org.valise.platform.database;

import org.jspecify.annotations.Nullable;

import java.sql.ResultSet;
import java.sql.SQLException;

/// Makes a value of the row that the cursor stands on. For arrays, instants and nullable numbers
/// see [Rows].
@FunctionalInterface
public interface RowMapper<T extends @Nullable Object> {
    T map(ResultSet row) throws SQLException;
}
