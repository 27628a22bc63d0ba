package org.valise.devices.keys;

import static org.valise.platform.stream.BulkInsert.Column.BYTES;
import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.valise.devices.changes.KeySupplyChanged;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// SQL of `devices.one_time_key`, `devices.fallback_key`, `devices.claimed_key` and
/// `devices.key_supply`.
public final class OneTimeKeyStore {
    private static final String OF_IDS =
            """
            SELECT known.algorithm, known.key_id, known.key FROM devices.one_time_key AS known
            JOIN unnest(?, ?) AS wanted (algorithm, key_id)
              ON known.algorithm = wanted.algorithm AND known.key_id = wanted.key_id
            WHERE known.session = ?
            """;
    private static final String SUPPLY =
            """
            SELECT 'count', algorithm, count(*) FROM devices.one_time_key WHERE session = ? GROUP BY algorithm
            UNION ALL
            SELECT 'unused', algorithm, 0 FROM devices.fallback_key WHERE session = ? AND NOT used
            UNION ALL
            SELECT 'position', '', position FROM devices.key_supply WHERE session = ?
            """;
    private static final String CHANGED =
            """
            SELECT position, user_number, session FROM devices.key_supply WHERE position > ? AND position <= ?
            """;

    /// Row: session, algorithm, id, key. A key that was given out does not come back.
    private static final BulkInsert ADD =
            new BulkInsert(
                    "one-time keys",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    INSERT INTO devices.one_time_key AS known (session, algorithm, number, key_id, key)
                    SELECT row.session, row.algorithm, nextval('devices.one_time_key_numbers'), row.key_id, row.key
                    FROM unnest(?, ?, ?, ?) AS row (session, algorithm, key_id, key)
                    JOIN devices.device ON device.number = row.session
                    WHERE NOT EXISTS (
                        SELECT FROM devices.claimed_key AS claimed
                        WHERE claimed.session = row.session AND claimed.algorithm = row.algorithm
                          AND claimed.key_id = row.key_id AND claimed.digest = sha256(row.key))
                    ON CONFLICT (session, algorithm, key_id)
                    DO UPDATE SET key = devices.same_key(known.key, excluded.key)
                    """,
                    List.of(LONG, TEXT, TEXT, BYTES));

    /// Row: session, algorithm, id, key. The same key again stays used if it is.
    private static final BulkInsert PUT_FALLBACK =
            new BulkInsert(
                    "fallback keys",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    INSERT INTO devices.fallback_key AS known (session, algorithm, key_id, key, used)
                    SELECT row.session, row.algorithm, row.key_id, row.key, false
                    FROM unnest(?, ?, ?, ?) AS row (session, algorithm, key_id, key)
                    JOIN devices.device ON device.number = row.session
                    ON CONFLICT (session, algorithm) DO UPDATE
                    SET key_id = excluded.key_id, key = excluded.key,
                        used = known.used AND known.key_id = excluded.key_id AND known.key = excluded.key
                    """,
                    List.of(LONG, TEXT, TEXT, BYTES));

    /// Row: ordinal, session, user.
    private static final BulkInsert NOTE_SUPPLY =
            new BulkInsert(
                    "key supplies",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    INSERT INTO devices.key_supply (position, session, user_number)
                    SELECT max(stream.last_position() - ? + ordinal), session, user_number
                    FROM unnest(?, ?, ?) AS row (ordinal, session, user_number) GROUP BY session, user_number
                    ON CONFLICT (session) DO UPDATE SET position = excluded.position
                    """,
                    List.of(INT, LONG, LONG));

    /// Row: session. Uploads are not repeated after such a time.
    private static final BulkInsert PRUNE_CLAIMED =
            new BulkInsert(
                    "old claims",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    DELETE FROM devices.claimed_key
                    WHERE session = ANY(?) AND at < now() - interval '30 days'
                    """,
                    List.of(LONG));

    /// Row: ordinal, claim, session, user, algorithm. Gives back, for each claim, the id and the
    /// key, or null where the device has none.
    ///
    /// Claims of one device in one batch take turns; all claims of all nodes are ordered, so no two
    /// see the same key.
    private static final BulkInsert CLAIM =
            new BulkInsert(
                    "claims",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    WITH base AS (SELECT stream.last_position() - ? AS position),
                    asked AS (
                        SELECT * FROM unnest(?, ?, ?, ?, ?) AS row (ordinal, claim, session, user_number, algorithm)),
                    wanted AS (
                        SELECT asked.*, row_number() OVER (PARTITION BY session, algorithm ORDER BY claim) AS turn
                        FROM asked
                        WHERE EXISTS (SELECT FROM devices.device WHERE device.number = asked.session)),
                    demand AS (
                        SELECT session, algorithm, count(*) AS keys FROM wanted GROUP BY session, algorithm),
                    supply AS (
                        SELECT demand.session, demand.algorithm, oldest.number, oldest.turn
                        FROM demand, LATERAL (
                            SELECT number, row_number() OVER (ORDER BY number) AS turn FROM devices.one_time_key
                            WHERE session = demand.session AND algorithm = demand.algorithm
                            ORDER BY number LIMIT demand.keys) AS oldest),
                    given AS (
                        DELETE FROM devices.one_time_key AS known USING supply JOIN wanted
                          USING (session, algorithm, turn)
                        WHERE known.session = supply.session AND known.algorithm = supply.algorithm
                          AND known.number = supply.number
                        RETURNING wanted.claim, known.session, known.algorithm, known.key_id, known.key),
                    noted AS (
                        INSERT INTO devices.claimed_key (session, algorithm, key_id, digest, at)
                        SELECT session, algorithm, key_id, sha256(key), now() FROM given
                        ON CONFLICT (session, algorithm, key_id)
                        DO UPDATE SET digest = excluded.digest, at = excluded.at),
                    fallback AS (
                        SELECT wanted.claim, known.session, known.algorithm, known.key_id, known.key, known.used
                        FROM wanted JOIN devices.fallback_key AS known USING (session, algorithm)
                        WHERE NOT EXISTS (SELECT FROM given WHERE given.claim = wanted.claim)),
                    marked AS (
                        UPDATE devices.fallback_key AS known SET used = true
                        FROM (SELECT DISTINCT session, algorithm FROM fallback WHERE NOT used) AS newly
                        WHERE known.session = newly.session AND known.algorithm = newly.algorithm),
                    changed AS (
                        INSERT INTO devices.key_supply (session, user_number, position)
                        SELECT session, user_number, max(base.position + ordinal) FROM wanted, base
                        WHERE EXISTS (SELECT FROM given WHERE given.claim = wanted.claim)
                           OR EXISTS (SELECT FROM fallback WHERE fallback.claim = wanted.claim AND NOT used)
                        GROUP BY session, user_number
                        ON CONFLICT (session) DO UPDATE SET position = excluded.position)
                    SELECT asked.claim, coalesce(given.key_id, fallback.key_id), coalesce(given.key, fallback.key)
                    FROM asked LEFT JOIN given ON given.claim = asked.claim
                    LEFT JOIN fallback ON fallback.claim = asked.claim
                    """,
                    List.of(INT, LONG, LONG, LONG, TEXT));

    /// In this order: the last one says which sessions there were.
    private static final List<String> DELETE_GONE =
            List.of(
                    deleteGone("one_time_key"),
                    deleteGone("fallback_key"),
                    deleteGone("claimed_key"),
                    deleteGone("key_supply"));

    private final Database database;

    public OneTimeKeyStore(Database database) {
        this.database = database;
    }

    /// Those of the keys whose ids are taken.
    List<OneTimeKey> known(long session, List<OneTimeKey> keys) {
        String[] algorithms = keys.stream().map(OneTimeKey::algorithm).toArray(String[]::new);
        String[] ids = keys.stream().map(OneTimeKey::keyId).toArray(String[]::new);
        return database.read(tx ->
                tx.query(
                        OF_IDS,
                        row -> new OneTimeKey(row.getString(1), row.getString(2), row.getBytes(3)),
                        algorithms,
                        ids,
                        session));
    }

    KeySupply supply(long session) {
        var counts = new TreeMap<String, Long>();
        var unused = new TreeSet<String>();
        long[] position = {0};
        database.read(tx -> {
            tx.each(
                    SUPPLY,
                    row -> {
                        switch (row.getString(1)) {
                            case "count" -> counts.put(row.getString(2), row.getLong(3));
                            case "unused" -> unused.add(row.getString(2));
                            default -> position[0] = row.getLong(3);
                        }
                    },
                    session,
                    session,
                    session);
            return position;
        });
        return new KeySupply(position[0], counts, unused);
    }

    /// The devices whose supply last changed in `(from, to]`.
    List<KeySupplyChanged> changed(long from, long to) {
        return database.read(tx ->
                tx.query(
                        CHANGED,
                        row -> new KeySupplyChanged(row.getLong(1), row.getLong(2), row.getLong(3)),
                        from,
                        to));
    }

    /// Refused if one of the ids is another key's.
    static void add(CommitBatch batch, long session, List<OneTimeKey> keys) {
        for (OneTimeKey key : keys) {
            batch.add(ADD, session, key.algorithm(), key.keyId(), key.json());
        }
        batch.add(PRUNE_CLAIMED, session);
    }

    static void putFallback(CommitBatch batch, long session, List<OneTimeKey> keys) {
        for (OneTimeKey key : keys) {
            batch.add(PUT_FALLBACK, session, key.algorithm(), key.keyId(), key.json());
        }
    }

    static void noteSupply(CommitBatch batch, int ordinal, long session, long user) {
        batch.add(NOTE_SUPPLY, ordinal, session, user);
    }

    /// @param claim a number that no other claim of this node has
    /// @param taker is handed the claim, the key's id and the key, both null where there is none
    static void claim(
            CommitBatch batch,
            int ordinal,
            long claim,
            DeviceKeysStore.Session device,
            String algorithm,
            CommitBatch.RowTaker taker) {
        batch.add(CLAIM, ordinal, claim, device.number(), device.userNumber(), algorithm);
        batch.takeRows(CLAIM, claim, taker);
    }

    /// Deletes what belongs to sessions of these users that are closed.
    public void deleteGone(long[] users) {
        for (String statement : DELETE_GONE) {
            database.read(tx -> tx.update(statement, (Object) users));
        }
    }

    private static String deleteGone(String table) {
        return """
        DELETE FROM devices.%1$s WHERE session IN (
            SELECT session FROM devices.key_supply
            WHERE user_number = ANY(?) AND NOT EXISTS (
                SELECT FROM devices.device WHERE device.number = key_supply.session))
        """
                .formatted(table);
    }
}
