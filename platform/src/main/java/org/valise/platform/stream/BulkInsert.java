package org.valise.platform.stream;

import java.util.List;

/// A statement that writes any number of rows, handed over as one array a column.
///
/// ```sql
/// INSERT INTO t (position, name)
/// SELECT stream.last_position() - ? + ordinal, name FROM unnest(?, ?) AS row (ordinal, name)
/// ```
///
/// If [#positioned()], the first parameter is the number of positions of the batch: an ordinal `n`
/// is position `stream.last_position() - ? + n`.
///
/// @param phase when in the commit it runs
public record BulkInsert(
        String name, Phase phase, boolean positioned, String sql, List<Column> columns) {
    public BulkInsert {
        columns = List.copyOf(columns);
    }

    /// `FENCE` rows go first, sorted by their first column, so that two nodes cannot deadlock, and
    /// before the order is locked; `ORDERED` rows after it, in the order first used; `CHANGES`
    /// last, for they may be about rows that the same batch inserts.
    public enum Phase {
        FENCE,
        ORDERED,
        CHANGES
    }

    /// The SQL type of a column's array.
    public enum Column {
        LONG("int8"),
        INT("int4"),
        TEXT("text"),
        BYTES("bytea"),
        BOOLEAN("bool");

        final String sqlType;

        Column(String sqlType) {
            this.sqlType = sqlType;
        }
    }
}
