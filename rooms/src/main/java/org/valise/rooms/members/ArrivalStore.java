package org.valise.rooms.members;

import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.roomversion.RoomVersion;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// Rooms that local users are entering through other servers. Those take them for members, and send
/// them what happens, before this server has taken the room in.
public final class ArrivalStore {
    /// Longer than any join takes: for those that a crash has ended.
    private static final Duration LONGEST = Duration.ofMinutes(20);

    /// How long other nodes may need to learn that somebody is in the room.
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final String FORGET = "DELETE FROM rooms.arrival WHERE until < now()";
    private static final String BEGIN =
            """
            INSERT INTO rooms.arrival (room_id, user_id, version, until)
            VALUES (?, ?, ?, now() + make_interval(secs => ?))
            ON CONFLICT (room_id, user_id) DO UPDATE
            SET version = excluded.version, until = excluded.until
            """;
    private static final String END =
            """
            UPDATE rooms.arrival SET until = now() + make_interval(secs => ?)
            WHERE room_id = ? AND user_id = ?
            """;
    private static final String VERSION =
            "SELECT version FROM rooms.arrival WHERE room_id = ? AND until > now() LIMIT 1";

    private final Database database;

    public ArrivalStore(Database database) {
        this.database = database;
    }

    /// To be called before the other server is asked to let the user in.
    public void begin(RoomId room, UserId user, RoomVersion version) {
        database.read(tx -> tx.update(FORGET));
        database.read(tx ->
                tx.update(BEGIN, room.value(), user.value(), version.id(), LONGEST.toSeconds()));
    }

    /// To be called when the user is in, or will not be.
    ///
    /// @param also done in the same transaction
    public void end(RoomId room, UserId user, Consumer<Tx> also) {
        database.run(tx -> {
            tx.update(END, GRACE.toSeconds(), room.value(), user.value());
            also.accept(tx);
        });
    }

    /// The version of a room that somebody is entering.
    public Optional<RoomVersion> version(RoomId room) {
        return database.read(tx -> tx.one(VERSION, row -> row.getString(1), room.value()))
                .flatMap(RoomVersion::of);
    }
}
