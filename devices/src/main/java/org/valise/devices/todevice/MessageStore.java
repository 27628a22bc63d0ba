package org.valise.devices.todevice;

import static org.valise.platform.stream.BulkInsert.Column.BOOLEAN;
import static org.valise.platform.stream.BulkInsert.Column.BYTES;
import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// SQL of `devices.to_device` and `devices.to_device_request`.
final class MessageStore {
    // A request that is there already, or stands twice in this batch, is not written again.
    private static final BulkInsert REQUEST =
            new BulkInsert(
                    "to-device requests",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    INSERT INTO devices.to_device_request (position, session, request, recipients)
                    SELECT stream.last_position() - ? + ordinal, session, request, recipients
                    FROM unnest(?, ?, ?, ?) AS given (ordinal, session, request, recipients)
                    ON CONFLICT (session, request) DO NOTHING
                    """,
                    List.of(INT, LONG, BYTES, BYTES));
    // Only for requests that were written, and for devices that are still there.
    private static final BulkInsert MESSAGE =
            new BulkInsert(
                    "to-device messages",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    WITH base AS (SELECT stream.last_position() - ? AS position),
                    given AS (
                        SELECT base.position + ordinal AS position, user_number, device, sender, ask, message
                        FROM base, unnest(?, ?, ?, ?, ?, ?) AS given (ordinal, user_number, device, sender, ask, message))
                    INSERT INTO devices.to_device (user_number, device, position, sender, ask, message)
                    SELECT user_number, device, position, sender, ask, message FROM given
                    WHERE EXISTS (SELECT FROM devices.to_device_request WHERE position = given.position)
                      AND EXISTS (SELECT FROM devices.device WHERE number = given.device)
                    """,
                    List.of(INT, LONG, LONG, LONG, BOOLEAN, TEXT));
    private static final String DEVICES =
            """
            SELECT user_id, user_number, device_id, device.number
            FROM accounts_read.user_number JOIN devices.device ON user_number = user_number.number
            WHERE user_id = ANY (?)
            """;
    private static final String WAITING =
            """
            SELECT position, message FROM devices.to_device
            WHERE user_number = ? AND device = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?
            """;
    private static final String EXTENT =
            """
            SELECT coalesce(min(position), 0) AS oldest, coalesce(max(position), 0) AS newest
            FROM devices.to_device WHERE user_number = ? AND device = ?
            """;
    private static final String DELETE =
            """
            DELETE FROM devices.to_device USING unnest(?::bigint[], ?::bigint[], ?::bigint[]) AS read (user_number, device, up_to)
            WHERE to_device.user_number = read.user_number AND to_device.device = read.device AND position <= up_to
            """;
    private static final String REQUESTS =
            """
            SELECT position, recipients FROM devices.to_device_request
            WHERE position > ? AND position <= ? ORDER BY position
            """;
    private static final String FORGET_REQUESTS =
            """
            DELETE FROM devices.to_device_request
            WHERE at < now() - make_interval(secs => ?) AND (session <> %d OR at < now() - make_interval(secs => ?))
            """
                    .formatted(MessageIds.OTHER_SERVERS);
    private static final String EXPIRE =
            """
            DELETE FROM devices.to_device WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM devices.to_device
                WHERE at < now() - make_interval(secs => ?) OR ask AND at < now() - make_interval(secs => ?) LIMIT 10000))
            """;
    private static final String SIZE =
            """
            SELECT count(*) AS messages, coalesce(sum(octet_length(message)), 0) AS bytes
            FROM devices.to_device WHERE user_number = ? AND device = ?
            """;
    private static final String CUT =
            """
            WITH waiting AS (
                SELECT position, ask, octet_length(message) AS bytes,
                       row_number() OVER (PARTITION BY sender ORDER BY position DESC) AS from_newest
                FROM devices.to_device WHERE user_number = ? AND device = ?),
            ranked AS (
                SELECT position, row_number() OVER kept AS rank, sum(bytes) OVER kept AS total FROM waiting
                WINDOW kept AS (ORDER BY ask, from_newest, position DESC ROWS UNBOUNDED PRECEDING))
            DELETE FROM devices.to_device USING ranked
            WHERE user_number = ? AND device = ? AND to_device.position = ranked.position AND (rank > ? OR total > ?)
            """;
    private static final String DELETE_OF_GONE =
            """
            DELETE FROM devices.to_device WHERE user_number = ANY (?)
              AND NOT EXISTS (SELECT FROM devices.device WHERE device.number = to_device.device)
            """;

    private final Database database;

    MessageStore(Database database) {
        this.database = database;
    }

    /// A device that messages can be sent to.
    record Recipient(String user, long userNumber, String device, long number) {}

    /// A message, and where it stands in the stream.
    record Waiting(long position, String message) {}

    /// Positions of the first and the last message for a device; zeros if there is none.
    record Extent(long oldest, long newest) {}

    /// What waits for a device.
    record Size(long messages, long bytes) {}

    /// @param session who made the request
    /// @param request a hash of what identifies it among those of the session
    static void insertRequest(
            CommitBatch batch,
            int ordinal,
            long session,
            byte[] request,
            List<Recipient> recipients) {
        ByteBuffer numbers = ByteBuffer.allocate(recipients.size() * 2 * Long.BYTES);
        recipients.forEach(to -> numbers.putLong(to.userNumber()).putLong(to.number()));
        batch.add(REQUEST, ordinal, session, request, numbers.array());
    }

    static void insert(
            CommitBatch batch, int ordinal, Recipient to, long sender, boolean ask, String json) {
        batch.add(MESSAGE, ordinal, to.userNumber(), to.number(), sender, ask, json);
    }

    /// All devices of these users.
    List<Recipient> devices(Collection<String> users) {
        return database.read(tx ->
                tx.query(
                        DEVICES,
                        row ->
                                new Recipient(
                                        row.getString(1),
                                        row.getLong(2),
                                        row.getString(3),
                                        row.getLong(4)),
                        (Object) users.toArray(String[]::new)));
    }

    /// The oldest messages with positions in `(after, upTo]`.
    List<Waiting> waiting(long user, long device, long after, long upTo, int limit) {
        return database.read(tx ->
                tx.query(
                        WAITING,
                        row -> new Waiting(row.getLong(1), row.getString(2)),
                        user,
                        device,
                        after,
                        upTo,
                        limit));
    }

    Extent extent(long user, long device) {
        return database.read(tx ->
                tx.only(EXTENT, row -> new Extent(row.getLong(1), row.getLong(2)), user, device));
    }

    /// Deletes what stands up to a position, for any number of devices: parallel arrays.
    void delete(long[] users, long[] devices, long[] upTo) {
        database.run(tx -> tx.update(DELETE, users, devices, upTo));
    }

    /// What arrived at positions in `(from, to]`.
    List<MessageArrived> arrived(long from, long to) {
        List<MessageArrived> arrived = new ArrayList<>();
        database.run(tx ->
                tx.each(
                        REQUESTS,
                        row -> {
                            ByteBuffer numbers = ByteBuffer.wrap(row.getBytes(2));
                            while (numbers.hasRemaining()) {
                                arrived.add(
                                        new MessageArrived(
                                                row.getLong(1),
                                                numbers.getLong(),
                                                numbers.getLong()));
                            }
                        },
                        from,
                        to));
        return arrived;
    }

    /// @param ofOthers how long those of other servers are kept; longer than the others
    void forgetRequests(Duration age, Duration ofOthers) {
        double seconds = age.toSeconds();
        double longer = ofOthers.toSeconds();
        database.run(tx -> tx.update(FORGET_REQUESTS, seconds, longer));
    }

    /// Deletes some of what is too old.
    ///
    /// @return false when nothing was left to delete
    boolean expire(MessageLimits limits) {
        double age = limits.age().toSeconds();
        double askAge = limits.askAge().toSeconds();
        return database.read(tx -> tx.update(EXPIRE, age, askAge)) > 0;
    }

    Size size(long user, long device) {
        return database.read(
                tx -> tx.only(SIZE, row -> new Size(row.getLong(1), row.getLong(2)), user, device));
    }

    /// Deletes what is beyond the limits.
    void cut(long user, long device, MessageLimits limits) {
        database.run(tx ->
                tx.update(CUT, user, device, user, device, (long) limits.count(), limits.bytes()));
    }

    /// Deletes what was sent to devices of these users that are no more.
    void deleteOfGoneDevices(Collection<Long> users) {
        long[] numbers = users.stream().mapToLong(Long::longValue).toArray();
        database.run(tx -> tx.update(DELETE_OF_GONE, numbers));
    }
}
