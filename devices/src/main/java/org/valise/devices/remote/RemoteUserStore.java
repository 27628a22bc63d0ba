package org.valise.devices.remote;

import static org.valise.platform.stream.BulkInsert.Column.LONG;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SQL of `devices.remote_user` and `devices.remote_device`.
final class RemoteUserStore {
    /// Whoever asks for a list has so long; then somebody else does.
    private static final String LEASE = "now() + interval '1 minute'";

    private static final String OF_USERS =
            """
            SELECT user_number, stale, fetched, mark, master_key, self_signing_key
            FROM devices.remote_user WHERE user_number = ANY(?)
            """;
    private static final String DEVICES =
            """
            SELECT user_number, device_id, keys FROM devices.remote_device WHERE user_number = ANY(?)
            """;
    private static final String ADD =
            """
            INSERT INTO devices.remote_user (user_number, server, retry_at)
            SELECT user_number, server, %s FROM unnest(?, ?) AS row (user_number, server) ON CONFLICT DO NOTHING
            """
                    .formatted(LEASE);
    // What has been marked since it was asked for is not taken.
    private static final String FETCHED =
            """
            UPDATE devices.remote_user
            SET stale = false, fetched = true, failures = 0, retry_at = now(), untold = untold OR tell_when_fetched,
                tell_when_fetched = false, seen = ?, master_key = ?, self_signing_key = ?
            WHERE user_number = ? AND mark = ? AND stale
            """;
    private static final String CLEAR =
            "DELETE FROM devices.remote_device WHERE user_number = ANY(?)";
    private static final String PUT =
            """
            INSERT INTO devices.remote_device (user_number, device_id, keys)
            SELECT user_number, device_id, keys FROM unnest(?, ?, ?) AS row (user_number, device_id, keys)
            ON CONFLICT (user_number, device_id) DO UPDATE SET keys = excluded.keys
            """;
    private static final String REMOVE =
            "DELETE FROM devices.remote_device WHERE user_number = ? AND device_id = ?";
    private static final String LOCK =
            """
            SELECT stale, seen, master_key, self_signing_key
            FROM devices.remote_user WHERE user_number = ? FOR UPDATE
            """;
    private static final String MARK =
            """
            UPDATE devices.remote_user
            SET stale = true, mark = mark + 1, untold = untold OR NOT stale, tell_when_fetched = true, retry_at = now()
            WHERE user_number = ?
            """;
    private static final String SEEN =
            """
            UPDATE devices.remote_user
            SET seen = (seen || ?::bigint)[greatest(1, cardinality(seen) - 30):], untold = true, retry_at = now()
            WHERE user_number = ?
            """;
    private static final String SIGNING_KEYS =
            """
            UPDATE devices.remote_user
            SET master_key = ?, self_signing_key = ?, untold = true, retry_at = now() WHERE user_number = ?
            """;
    private static final String FAILED =
            """
            UPDATE devices.remote_user
            SET tell_when_fetched = true, failures = failures + 1,
                retry_at = now() + make_interval(secs => least(3600, 2 ^ least(failures, 12)) * (0.5 + random() / 2))
            WHERE user_number = ANY(?) AND stale
            """;
    private static final String POSTPONE =
            """
            UPDATE devices.remote_user SET retry_at = greatest(retry_at, now() + make_interval(secs => ?))
            WHERE server = ? AND stale
            """;
    private static final String DUE =
            """
            UPDATE devices.remote_user SET retry_at = %s
            WHERE user_number IN (
                SELECT user_number FROM devices.remote_user WHERE (stale OR untold) AND retry_at <= now()
                ORDER BY retry_at LIMIT ? FOR UPDATE SKIP LOCKED)
            RETURNING user_number, stale, mark, untold
            """
                    .formatted(LEASE);
    private static final String NEXT_DUE =
            """
            SELECT greatest(0, extract(epoch FROM min(retry_at) - now()) * 1000)::bigint
            FROM devices.remote_user WHERE stale OR untold HAVING count(*) > 0
            """;
    private static final String HURRY =
            """
            UPDATE devices.remote_user SET retry_at = now() WHERE server = ? AND stale AND retry_at > now()
            """;
    private static final String TELL_DONE =
            "UPDATE devices.remote_user SET untold = false WHERE user_number = ANY(?) AND untold";
    private static final String DROP = "DELETE FROM devices.remote_user WHERE user_number = ANY(?)";
    private static final String DROP_OF_SERVERS =
            "DELETE FROM devices.remote_user WHERE server = ANY(?)";
    private static final String ANY = "SELECT FROM devices.remote_user LIMIT 1";

    /// Row: user.
    private static final BulkInsert TOLD =
            new BulkInsert(
                    "told device lists", BulkInsert.Phase.ORDERED, false, TELL_DONE, List.of(LONG));

    private final Database database;

    RemoteUserStore(Database database) {
        this.database = database;
    }

    /// What is kept of a user.
    ///
    /// @param stale whether it may be old
    /// @param fetched whether there is anything, old or not
    /// @param mark how often it was marked as stale
    record Kept(boolean stale, boolean fetched, long mark, RemoteList list) {}

    /// What has to be done for a user.
    record Due(long user, boolean stale, long mark, boolean untold) {}

    /// A list that was asked for when `mark` stood.
    record Fetched(long user, long mark, RemoteList list) {}

    /// What is kept of these users, by their numbers, all as of one moment.
    Map<Long, Kept> kept(Collection<Long> users) {
        long[] numbers = longs(users);
        return database.snapshot(tx -> {
            Map<Long, Map<String, JsonObject>> devices = new HashMap<>();
            tx.each(
                    DEVICES,
                    row ->
                            devices.computeIfAbsent(row.getLong(1), any -> new HashMap<>())
                                    .put(row.getString(2), Json.parseObject(row.getBytes(3))),
                    (Object) numbers);
            Map<Long, Kept> kept = new HashMap<>();
            tx.each(
                    OF_USERS,
                    row ->
                            kept.put(
                                    row.getLong(1),
                                    new Kept(
                                            row.getBoolean(2),
                                            row.getBoolean(3),
                                            row.getLong(4),
                                            new RemoteList(
                                                    null,
                                                    devices.getOrDefault(row.getLong(1), Map.of()),
                                                    key(row, 5),
                                                    key(row, 6)))),
                    (Object) numbers);
            return kept;
        });
    }

    private static @Nullable JsonObject key(ResultSet row, int column) throws SQLException {
        byte[] key = row.getBytes(column);
        return key == null ? null : Json.parseObject(key);
    }

    /// Begins to keep these users: stale, until they are fetched.
    ///
    /// @param users servers by number
    void add(Map<Long, ServerName> users) {
        List<Long> numbers = List.copyOf(users.keySet());
        String[] servers =
                numbers.stream().map(users::get).map(String::valueOf).toArray(String[]::new);
        database.run(tx -> tx.update(ADD, longs(numbers), servers));
    }

    /// Keeps what was fetched, unless it was marked meanwhile.
    void fetched(Collection<Fetched> lists) {
        List<Fetched> all = List.copyOf(lists);
        database.run(tx -> {
            int[] touched = tx.batch(FETCHED, all.stream().map(RemoteUserStore::row).toList());
            List<Fetched> taken = new ArrayList<>();
            for (int i = 0; i < touched.length; i++) {
                if (touched[i] > 0) {
                    taken.add(all.get(i));
                }
            }
            tx.update(CLEAR, (Object) taken.stream().mapToLong(Fetched::user).toArray());
            put(tx, taken);
        });
    }

    private static @Nullable Object[] row(Fetched fetched) {
        RemoteList list = fetched.list();
        Long streamId = list.streamId();
        return new @Nullable Object[] {
            streamId == null ? new long[0] : new long[] {streamId},
            bytes(list.masterKey()),
            bytes(list.selfSigningKey()),
            fetched.user(),
            fetched.mark()
        };
    }

    private static void put(Tx tx, Collection<Fetched> lists) {
        List<Long> users = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        for (Fetched fetched : lists) {
            fetched.list()
                    .devices()
                    .forEach((id, device) -> {
                        users.add(fetched.user());
                        ids.add(id);
                        keys.add(Json.write(device));
                    });
        }
        tx.update(PUT, longs(users), ids.toArray(String[]::new), keys.toArray(byte[][]::new));
    }

    private static byte @Nullable [] bytes(@Nullable JsonObject key) {
        return key == null ? null : Json.write(key);
    }

    /// How a user stands while an update is taken in.
    ///
    /// @param seen the updates that are in what is kept
    record Locked(
            boolean stale,
            List<Long> seen,
            @Nullable JsonObject masterKey,
            @Nullable JsonObject selfSigningKey) {}

    /// Empty if nothing is kept of the user.
    static Optional<Locked> lock(Tx tx, long user) {
        return tx.one(
                LOCK,
                row ->
                        new Locked(
                                row.getBoolean(1),
                                List.of((Long[]) row.getArray(2).getArray()),
                                key(row, 3),
                                key(row, 4)),
                user);
    }

    /// What is kept may be old from now on.
    static void mark(Tx tx, long user) {
        tx.update(MARK, user);
    }

    /// An update of one device is in what is kept.
    ///
    /// @param keys null if the device is gone
    static void updated(Tx tx, long user, long streamId, String device, @Nullable JsonObject keys) {
        if (keys == null) {
            tx.update(REMOVE, user, device);
        } else {
            put(
                    tx,
                    List.of(
                            new Fetched(
                                    user,
                                    0,
                                    new RemoteList(null, Map.of(device, keys), null, null))));
        }
        tx.update(SEEN, streamId, user);
    }

    static void setSigningKeys(
            Tx tx, long user, @Nullable JsonObject masterKey, @Nullable JsonObject selfSigningKey) {
        tx.update(SIGNING_KEYS, bytes(masterKey), bytes(selfSigningKey), user);
    }

    /// These could not be fetched: they are tried again later, the later the more often.
    void failed(Collection<Long> users) {
        database.run(tx -> tx.update(FAILED, (Object) longs(users)));
    }

    /// A server does not answer: none of its users is tried before that time.
    void postpone(ServerName server, Duration pause) {
        database.run(tx -> tx.update(POSTPONE, (double) pause.toSeconds(), server.value()));
    }

    /// A server is there: what was put off is tried at once.
    void hurry(ServerName server) {
        database.run(tx -> tx.update(HURRY, server.value()));
    }

    /// Some of those for whom something is to be done now; nobody else is given them for a while.
    List<Due> takeDue(int limit) {
        return database.read(tx ->
                tx.query(
                        DUE,
                        row ->
                                new Due(
                                        row.getLong(1),
                                        row.getBoolean(2),
                                        row.getLong(3),
                                        row.getBoolean(4)),
                        limit));
    }

    /// How long until something is to be done; empty if nothing is.
    Optional<Duration> nextDue() {
        return database.read(tx -> tx.one(NEXT_DUE, row -> Duration.ofMillis(row.getLong(1))));
    }

    /// Whoever shares a room with the user was told.
    static void told(CommitBatch batch, long user) {
        batch.add(TOLD, user);
    }

    /// Nobody shares a room with them.
    void nobodyToTell(Collection<Long> users) {
        database.run(tx -> tx.update(TELL_DONE, (Object) longs(users)));
    }

    void drop(Collection<Long> users) {
        database.run(tx -> tx.update(DROP, (Object) longs(users)));
    }

    void dropOfServers(Collection<ServerName> servers) {
        String[] names = servers.stream().map(ServerName::value).toArray(String[]::new);
        database.run(tx -> tx.update(DROP_OF_SERVERS, (Object) names));
    }

    boolean isEmpty() {
        return !database.read(tx -> tx.exists(ANY));
    }

    private static long[] longs(Collection<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}
