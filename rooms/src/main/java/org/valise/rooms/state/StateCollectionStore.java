package org.valise.rooms.state;

import org.valise.platform.database.Tx;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The rows of a collection: which blobs there are, what refers to them, and how far it has got.
final class StateCollectionStore {
    private static final String ASK =
            """
            INSERT INTO rooms.state_collection (room) VALUES (?)
            ON CONFLICT (room) DO UPDATE SET asked = state_collection.asked + 1
            """;
    private static final String NEXT =
            """
            SELECT room, asked, serving, event, position, number, live FROM rooms.state_collection
            ORDER BY room LIMIT 1 FOR UPDATE SKIP LOCKED
            """;
    private static final String SAVE =
            """
            UPDATE rooms.state_collection
            SET serving = ?, event = ?, position = ?, number = ?, live = ? WHERE room = ?
            """;
    private static final String DONE = "DELETE FROM rooms.state_collection WHERE room = ?";
    private static final String LAST_POSITION = "SELECT stream.last_position()";

    private static final String ROOTS_OF_EVENTS =
            """
            WITH page AS (
                SELECT number, snapshot_before FROM rooms.event
                WHERE room = ? AND number > ? ORDER BY number LIMIT ?),
            noted AS (
                INSERT INTO rooms.state_root (room, snapshot)
                SELECT DISTINCT ?::bigint, snapshot_before FROM page
                ON CONFLICT DO NOTHING)
            SELECT coalesce(max(number), -1) FROM page
            """;
    private static final String OTHER_ROOTS =
            """
            INSERT INTO rooms.state_root (room, snapshot)
            SELECT room, snapshot FROM rooms.current_state WHERE room = ?
            UNION SELECT room, snapshot FROM rooms.head WHERE room = ?
            ON CONFLICT DO NOTHING
            """;
    private static final String TAKE_ROOTS =
            "DELETE FROM rooms.state_root WHERE room = ? AND snapshot = ANY(?) RETURNING snapshot";
    private static final String FORGET_ROOTS = "DELETE FROM rooms.state_root WHERE room = ?";

    private static final String BLOBS =
            """
            SELECT position, number, bytes FROM rooms.state_blob
            WHERE room = ? AND (position, number) < (?, ?)
            ORDER BY position DESC, number DESC LIMIT ?
            """;
    private static final String DELETE =
            "DELETE FROM rooms.state_blob WHERE room = ? AND number = ANY(?)";

    /// How far the collection of a room has got.
    ///
    /// @param asked how often it was asked for
    /// @param serving the request that is being served; 0 if it has not begun
    /// @param event up to which it is known what events refer to; -1 if of all
    /// @param position of the blob that was looked at last
    record Progress(
            long room,
            long asked,
            long serving,
            long event,
            long position,
            long number,
            LiveNodes live) {
        Progress beginning(long lastPosition) {
            return new Progress(
                    room, asked, asked, 0, lastPosition, Long.MAX_VALUE, new LiveNodes());
        }

        Progress rootsUpTo(long lastEvent) {
            return new Progress(room, asked, serving, lastEvent, position, number, live);
        }

        Progress at(Blob blob) {
            return new Progress(room, asked, serving, event, blob.position(), blob.number(), live);
        }
    }

    record Blob(long position, long number, byte[] bytes) {}

    void ask(Tx tx, long room) {
        tx.update(ASK, room);
    }

    /// A room that no other node is at, locked until the end of the transaction.
    Optional<Progress> next(Tx tx) {
        return tx.one(
                NEXT,
                row ->
                        new Progress(
                                row.getLong(1),
                                row.getLong(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6),
                                LiveNodes.of(row.getBytes(7))));
    }

    void save(Tx tx, Progress progress) {
        tx.update(
                SAVE,
                progress.serving(),
                progress.event(),
                progress.position(),
                progress.number(),
                progress.live().toBytes(),
                progress.room());
    }

    void done(Tx tx, Progress progress) {
        tx.update(DONE, progress.room());
        tx.update(FORGET_ROOTS, progress.room());
    }

    long lastPosition(Tx tx) {
        return tx.only(LAST_POSITION, row -> row.getLong(1));
    }

    void forgetRoots(Tx tx, long room) {
        tx.update(FORGET_ROOTS, room);
    }

    /// Notes what the next events refer to.
    ///
    /// @return the number of the last of them; -1 if there were none
    long noteRootsOfEvents(Tx tx, long room, long after, int limit) {
        return tx.only(ROOTS_OF_EVENTS, row -> row.getLong(1), room, after, limit, room);
    }

    void noteOtherRoots(Tx tx, long room) {
        tx.update(OTHER_ROOTS, room, room);
    }

    /// The next blobs back from one, newest first.
    List<Blob> before(Tx tx, long room, long position, long number, int limit) {
        return tx.query(
                BLOBS,
                row -> new Blob(row.getLong(1), row.getLong(2), row.getBytes(3)),
                room,
                position,
                number,
                limit);
    }

    /// Those of these snapshots that rows refer to; they are not asked for again.
    Set<Long> takeRoots(Tx tx, long room, List<Blob> blobs) {
        long[] numbers = blobs.stream().mapToLong(Blob::number).toArray();
        return new HashSet<>(tx.query(TAKE_ROOTS, row -> row.getLong(1), room, numbers));
    }

    void delete(Tx tx, long room, List<Long> blobs) {
        tx.update(DELETE, room, blobs.stream().mapToLong(Long::longValue).toArray());
    }
}
