package org.valise.rooms.directory;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;

import java.util.List;

/// Which rooms are in this server's directory.
public final class PublishedRooms {
    private static final String ALL = "SELECT room FROM rooms.published ORDER BY room";
    private static final String HAS = "SELECT 1 FROM rooms.published WHERE room = ?";
    private static final String ADD =
            "INSERT INTO rooms.published (room) VALUES (?) ON CONFLICT DO NOTHING";
    private static final String REMOVE = "DELETE FROM rooms.published WHERE room = ?";

    /// Row: room.
    public static final BulkInsert INSERT =
            new BulkInsert(
                    "published",
                    Phase.ORDERED,
                    false,
                    "INSERT INTO rooms.published (room) SELECT * FROM unnest(?)",
                    List.of(Column.LONG));

    private final Database database;

    public PublishedRooms(Database database) {
        this.database = database;
    }

    public List<Long> all() {
        return database.read(tx -> tx.query(ALL, row -> row.getLong(1)));
    }

    public boolean has(long room) {
        return database.read(tx -> tx.exists(HAS, room));
    }

    public void publish(long room) {
        database.read(tx -> tx.update(ADD, room));
    }

    public void withdraw(long room) {
        database.read(tx -> tx.update(REMOVE, room));
    }
}
