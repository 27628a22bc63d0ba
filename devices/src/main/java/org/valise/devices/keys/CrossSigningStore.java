package org.valise.devices.keys;

import static org.valise.platform.stream.BulkInsert.Column.BYTES;
import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/// SQL of `devices.cross_signing_key` and `devices.user_signature`.
public final class CrossSigningStore {
    private static final String OF_USER =
            """
            SELECT user_number, usage, public_key, version, keys FROM devices.cross_signing_key
            WHERE user_number = ?
            """;
    private static final String OF_USERS =
            """
            SELECT known.number, usage, public_key, version, keys, known.user_id
            FROM unnest(?) AS wanted (user_id)
            JOIN accounts_read.user_number AS known ON known.user_id = wanted.user_id
            JOIN devices.cross_signing_key ON cross_signing_key.user_number = known.number
            """;
    private static final String SIGNATURES =
            """
            SELECT user_number, public_key, key_id, signature FROM devices.user_signature
            WHERE signer_number = ? AND user_number = ANY(?)
            """;
    private static final String SIGNATURES_OF =
            """
            SELECT user_number, public_key, key_id, signature, known.user_id
            FROM unnest(?) AS wanted (user_id)
            JOIN accounts_read.user_number AS known ON known.user_id = wanted.user_id
            JOIN devices.user_signature ON user_number = known.number AND signer_number = ?
            """;
    private static final String DELETE_KEYS =
            "DELETE FROM devices.cross_signing_key WHERE user_number = ANY(?)";
    private static final String DELETE_SIGNATURES =
            """
            DELETE FROM devices.user_signature WHERE user_number = ANY(?) OR signer_number = ANY(?)
            """;
    private static final BulkInsert PUT =
            new BulkInsert(
                    "cross-signing keys",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    INSERT INTO devices.cross_signing_key (user_number, usage, public_key, version, keys)
                    SELECT user_number, usage, public_key, version, keys
                    FROM unnest(?, ?, ?, ?, ?) AS row (user_number, usage, public_key, version, keys)
                    ON CONFLICT (user_number, usage) DO UPDATE
                    SET public_key = excluded.public_key, version = excluded.version, keys = excluded.keys
                    """,
                    List.of(LONG, INT, TEXT, LONG, BYTES));

    /// Row: user, public key of the master key that stays. What others signed of an older one is of
    /// no use.
    private static final BulkInsert FORGET_SIGNATURES =
            new BulkInsert(
                    "signatures of old master keys",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    DELETE FROM devices.user_signature USING unnest(?, ?) AS row (user_number, public_key)
                    WHERE user_signature.user_number = row.user_number
                      AND user_signature.public_key <> row.public_key
                    """,
                    List.of(LONG, TEXT));

    /// Row: user, usage.
    private static final BulkInsert DROP =
            new BulkInsert(
                    "dropped cross-signing keys",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    DELETE FROM devices.cross_signing_key USING unnest(?, ?) AS row (user_number, usage)
                    WHERE cross_signing_key.user_number = row.user_number AND cross_signing_key.usage = row.usage
                    """,
                    List.of(LONG, INT));

    private static final BulkInsert SIGN =
            new BulkInsert(
                    "signatures of users",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    INSERT INTO devices.user_signature (signer_number, user_number, public_key, key_id, signature)
                    SELECT DISTINCT ON (signer_number, user_number, public_key, key_id) *
                    FROM unnest(?, ?, ?, ?, ?) AS row (signer_number, user_number, public_key, key_id, signature)
                    ON CONFLICT (signer_number, user_number, public_key, key_id)
                    DO UPDATE SET signature = excluded.signature
                    """,
                    List.of(LONG, LONG, TEXT, TEXT, TEXT));

    private final Database database;

    public CrossSigningStore(Database database) {
        this.database = database;
    }

    /// A user's key, as it was when `version` was written.
    public record Stored(
            long user, CrossSigningUsage usage, String publicKey, long version, byte[] keys) {
        public JsonObject json() {
            return Json.parseObject(keys);
        }
    }

    /// A key of a user who was asked for by id.
    public record OfUser(String user, Stored key) {}

    /// A signature of another user's master key, which only its maker sees.
    public record UserSignature(
            long signer, long user, String publicKey, String keyId, String signature) {}

    /// A signature of a user who was asked for by id.
    record SignatureOf(String user, UserSignature signature) {}

    public List<Stored> ofUser(long user) {
        return database.read(tx -> tx.query(OF_USER, CrossSigningStore::stored, user));
    }

    public List<OfUser> ofUsers(String[] users) {
        return database.read(tx ->
                tx.query(
                        OF_USERS,
                        row -> new OfUser(row.getString(6), stored(row)),
                        (Object) users));
    }

    /// What a user signed of these others.
    public List<UserSignature> signatures(long signer, long[] users) {
        return database.read(
                tx -> tx.query(SIGNATURES, row -> signature(row, signer), signer, users));
    }

    /// The same, of users of any server by their ids.
    List<SignatureOf> signatures(long signer, String[] users) {
        return database.read(tx ->
                tx.query(
                        SIGNATURES_OF,
                        row -> new SignatureOf(row.getString(5), signature(row, signer)),
                        users,
                        signer));
    }

    /// Deletes what belonged to users whose accounts are closed.
    public void delete(Collection<Long> users) {
        long[] numbers = users.stream().mapToLong(Long::longValue).toArray();
        database.run(tx -> {
            tx.update(DELETE_KEYS, (Object) numbers);
            tx.update(DELETE_SIGNATURES, numbers, numbers);
        });
    }

    /// Writes the version after the one that is stored; refused as outrun if it is not.
    public static void put(CommitBatch batch, Stored next) {
        batch.add(
                PUT,
                next.user(),
                next.usage().code(),
                next.publicKey(),
                next.version(),
                next.keys());
    }

    public static void drop(CommitBatch batch, long user, CrossSigningUsage usage) {
        batch.add(DROP, user, usage.code());
    }

    /// Forgets what others signed of a user's older master keys.
    public static void forgetSignatures(CommitBatch batch, long user, String publicKey) {
        batch.add(FORGET_SIGNATURES, user, publicKey);
    }

    public static void sign(CommitBatch batch, UserSignature signature) {
        batch.add(
                SIGN,
                signature.signer(),
                signature.user(),
                signature.publicKey(),
                signature.keyId(),
                signature.signature());
    }

    private static UserSignature signature(ResultSet row, long signer) throws SQLException {
        return new UserSignature(
                signer, row.getLong(1), row.getString(2), row.getString(3), row.getString(4));
    }

    private static Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                row.getLong(1),
                CrossSigningUsage.of(row.getInt(2)),
                row.getString(3),
                row.getLong(4),
                row.getBytes(5));
    }
}
