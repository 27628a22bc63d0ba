package org.valise.bench.machine;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/// Entries of a directory, written into its table: making so many rooms would take an hour.
public final class PublishedRooms {
    private static final String INSERT =
            """
            INSERT INTO rooms.published (room, joined, entry, search, grams, position)
            SELECT -n, 1 + n % 1000,
                json_build_object('room_id', '!' || n || ':localhost', 'name', name, 'topic', topic,
                    'num_joined_members', 1 + n % 1000, 'world_readable', false,
                    'guest_can_join', false, 'join_rule', 'public')::text,
                text,
                ARRAY(SELECT DISTINCT substr(text, i, 3) FROM generate_series(1, length(text) - 2) i),
                9223372036854775807
            FROM (
                SELECT n, 'Room ' || n AS name, 'All about subject ' || md5(n::text) AS topic,
                    lower('Room ' || n || E'\\n\\nAll about subject ' || md5(n::text)) AS text
                FROM generate_series(1, ?) n) AS made
            """;

    private PublishedRooms() {}

    /// @param jdbcUrl of the server's database
    public static void write(String jdbcUrl, int rooms) throws IOException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                PreparedStatement insert = connection.prepareStatement(INSERT);
                Statement analyze = connection.createStatement()) {
            insert.setInt(1, rooms);
            insert.executeUpdate();
            analyze.execute("ANALYZE rooms.published");
        } catch (SQLException e) {
            throw new IOException("the directory could not be filled", e);
        }
    }
}
