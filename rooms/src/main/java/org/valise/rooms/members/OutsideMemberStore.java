package org.valise.rooms.members;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.roomversion.RoomVersion;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/// The events of those who are invited to, or knock at, rooms in which this server is not. They
/// never change.
public final class OutsideMemberStore {
    private static final int CACHED_BYTES = 8 << 20;
    private static final int OVERHEAD_BYTES = 300;

    private static final String BY_NUMBERS =
            """
            SELECT number, user_number, event_id, version, json, stripped, through
            FROM rooms.outside_member WHERE number = ANY (?)
            """;

    /// Row: number, room, user, event id, room version, JSON, stripped state, server.
    private static final BulkInsert INSERT =
            new BulkInsert(
                    "outside member",
                    Phase.ORDERED,
                    false,
                    """
                    INSERT INTO rooms.outside_member
                        (number, room, user_number, event_id, version, json, stripped, through)
                    SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    List.of(
                            Column.LONG,
                            Column.LONG,
                            Column.LONG,
                            Column.TEXT,
                            Column.TEXT,
                            Column.BYTES,
                            Column.BYTES,
                            Column.TEXT));

    private final Database database;
    private final Cache<Long, OutsideMember> cache =
            Caffeine.newBuilder()
                    .maximumWeight(CACHED_BYTES)
                    .weigher((Long number, OutsideMember member) ->
                            member.event().bytes().length
                                    + member.stripped().length
                                    + OVERHEAD_BYTES)
                    .build();

    public OutsideMemberStore(Database database) {
        this.database = database;
    }

    public static void insert(CommitBatch batch, long room, OutsideMember member) {
        batch.add(
                INSERT,
                member.number(),
                room,
                member.user(),
                member.event().id().value(),
                member.event().version().id(),
                member.event().bytes(),
                member.stripped(),
                member.through().value());
    }

    /// @throws IllegalStateException if there is no such number: the database is damaged
    public OutsideMember get(long number) {
        OutsideMember known = cache.getIfPresent(number);
        if (known == null) {
            warm(List.of(number));
            known = cache.getIfPresent(number);
        }
        if (known == null) {
            throw new IllegalStateException("there is no outside member " + number);
        }
        return known;
    }

    /// Takes them into memory, in at most one query.
    public void warm(Collection<Long> numbers) {
        long[] unknown =
                numbers.stream()
                        .filter(number -> cache.getIfPresent(number) == null)
                        .mapToLong(Long::longValue)
                        .toArray();
        if (unknown.length > 0) {
            database.read(tx -> tx.query(BY_NUMBERS, OutsideMemberStore::row, (Object) unknown))
                    .forEach(member -> cache.put(member.number(), member));
        }
    }

    private static OutsideMember row(ResultSet row) throws SQLException {
        String version = row.getString(4);
        Event event =
                Event.ofStored(
                        RoomVersion.of(version)
                                .orElseThrow(() ->
                                        new IllegalStateException("unknown version " + version)),
                        EventId.parse(row.getString(3)),
                        row.getBytes(5));
        return new OutsideMember(
                row.getLong(1),
                row.getLong(2),
                Membership.of(event.content()).orElse(Membership.LEAVE),
                event,
                row.getBytes(6),
                ServerName.parse(row.getString(7)));
    }
}
