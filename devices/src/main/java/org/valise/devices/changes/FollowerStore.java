package org.valise.devices.changes;

import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.util.List;
import java.util.OptionalLong;

/// SQL of `devices.follower`: how far each has got.
public final class FollowerStore {
    private static final String POSITION = "SELECT position FROM devices.follower WHERE name = ?";
    private static final String ADVANCE =
            """
            INSERT INTO devices.follower (name, position) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET position = greatest(follower.position, excluded.position)
            """;

    /// Row: name, from, to. Refused as outrun if another node was first.
    private static final BulkInsert ADVANCE_FROM =
            new BulkInsert(
                    "followers",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    SELECT devices.advance_follower(name, from_position, to_position)
                    FROM unnest(?, ?, ?) AS row (name, from_position, to_position)
                    """,
                    List.of(TEXT, LONG, LONG));

    private final Database database;

    public FollowerStore(Database database) {
        this.database = database;
    }

    /// 0 if it has not begun.
    public long position(String follower) {
        return begun(follower).orElse(0);
    }

    /// Empty if it has not begun.
    public OptionalLong begun(String follower) {
        return database.read(tx -> tx.one(POSITION, row -> row.getLong(1), follower))
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    public void advance(String follower, long position) {
        database.run(tx -> tx.update(ADVANCE, follower, position));
    }

    /// The same in an ordered commit, together with what was done. The commit is refused as outrun
    /// if it stood elsewhere: another node did the same.
    public static void advance(CommitBatch batch, String follower, long from, long to) {
        batch.add(ADVANCE_FROM, follower, from, to);
    }
}
