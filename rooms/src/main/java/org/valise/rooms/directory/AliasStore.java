package org.valise.rooms.directory;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.protocol.id.RoomAlias;

import java.util.List;
import java.util.Optional;

/// The aliases of this server's domain.
public final class AliasStore {
    private static final String FIND = "SELECT room, creator FROM rooms.alias WHERE alias = ?";
    private static final String OF_ROOM =
            "SELECT alias FROM rooms.alias WHERE room = ? ORDER BY alias";
    private static final String ADD =
            """
            INSERT INTO rooms.alias (alias, room, creator) VALUES (?, ?, ?)
            ON CONFLICT (alias) DO NOTHING
            """;
    private static final String MOVE = "UPDATE rooms.alias SET room = ? WHERE room = ?";
    private static final String REMOVE = "DELETE FROM rooms.alias WHERE alias = ?";

    /// Row: alias, room, creator's number.
    public static final BulkInsert INSERT =
            new BulkInsert(
                    "alias",
                    Phase.ORDERED,
                    false,
                    """
                    INSERT INTO rooms.alias (alias, room, creator) SELECT * FROM unnest(?, ?, ?)
                    """,
                    List.of(Column.TEXT, Column.LONG, Column.LONG));

    private final Database database;

    public AliasStore(Database database) {
        this.database = database;
    }

    public Optional<Target> find(RoomAlias alias) {
        return database.read(tx ->
                tx.one(FIND, row -> new Target(row.getLong(1), row.getLong(2)), alias.value()));
    }

    public List<RoomAlias> ofRoom(long room) {
        return database.read(
                tx -> tx.query(OF_ROOM, row -> RoomAlias.parse(row.getString(1)), room));
    }

    /// @return false if the alias is taken
    public boolean add(RoomAlias alias, long room, long creator) {
        return database.read(tx -> tx.update(ADD, alias.value(), room, creator)) == 1;
    }

    /// Lets the names of a room lead to another one.
    public void move(long from, long to) {
        database.run(tx -> tx.update(MOVE, to, from));
    }

    /// @return false if there was no such alias
    public boolean remove(RoomAlias alias) {
        return database.read(tx -> tx.update(REMOVE, alias.value())) == 1;
    }

    /// Where an alias leads, and who made it (numbers).
    public record Target(long room, long creator) {}
}
