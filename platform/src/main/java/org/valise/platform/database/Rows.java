package org.valise.platform.database;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/// Reads the column types that JDBC makes awkward: arrays, instants, numbers that may be null.
public final class Rows {
    private Rows() {}

    public static @Nullable Long nullableLong(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    public static @Nullable Integer nullableInt(ResultSet row, String column) throws SQLException {
        int value = row.getInt(column);
        return row.wasNull() ? null : value;
    }

    /// A `timestamptz`.
    public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    /// A `bigint[]`; null is the empty array.
    public static long[] longs(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        if (array == null) return new long[0];
        Long[] boxed = (Long[]) array.getArray();
        long[] values = new long[boxed.length];
        for (int i = 0; i < boxed.length; i++) values[i] = boxed[i];
        return values;
    }

    /// An `integer[]`; null is the empty array.
    public static int[] ints(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        if (array == null) return new int[0];
        Integer[] boxed = (Integer[]) array.getArray();
        int[] values = new int[boxed.length];
        for (int i = 0; i < boxed.length; i++) values[i] = boxed[i];
        return values;
    }

    /// A `text[]`; null is the empty list.
    public static List<String> strings(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /// A `bytea[]`; null is the empty array.
    public static byte[][] blobs(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? new byte[0][] : (byte[][]) array.getArray();
    }
}
