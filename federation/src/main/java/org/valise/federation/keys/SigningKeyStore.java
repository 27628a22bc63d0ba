package org.valise.federation.keys;

import org.valise.platform.database.Tx;
import org.valise.protocol.id.KeyId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The table `federation.signing_keys`.
final class SigningKeyStore {
    private static final String INSERT_UNLESS_ONE_IS_IN_USE =
            """
            INSERT INTO federation.signing_keys (key_id, server_name, public_key, private_key)
            VALUES (?, ?, ?, ?)
            ON CONFLICT ((true)) WHERE expired_at IS NULL DO NOTHING
            """;

    private static final String SELECT_IN_USE =
            """
            SELECT key_id, server_name, public_key, private_key
            FROM federation.signing_keys WHERE expired_at IS NULL
            """;

    private static final String SELECT_EXPIRED =
            """
            SELECT key_id, public_key, expired_at
            FROM federation.signing_keys WHERE expired_at IS NOT NULL
            ORDER BY expired_at, key_id
            """;

    private static final String RETIRE =
            """
            UPDATE federation.signing_keys SET private_key = NULL, expired_at = ?
            WHERE expired_at IS NULL
            """;

    /// The channel that [org.valise.federation.Federation] listens to.
    private static final String TELL_NODES = "SELECT pg_notify('valise_federation', '')";

    record Stored(String keyId, String serverName, byte[] publicKey, byte[] privateKey) {}

    void insertUnlessOneIsInUse(Tx tx, Stored key) {
        tx.update(
                INSERT_UNLESS_ONE_IS_IN_USE,
                key.keyId(),
                key.serverName(),
                key.publicKey(),
                key.privateKey());
    }

    Optional<Stored> inUse(Tx tx) {
        return tx.one(
                SELECT_IN_USE,
                row ->
                        new Stored(
                                row.getString("key_id"),
                                row.getString("server_name"),
                                row.getBytes("public_key"),
                                row.getBytes("private_key")));
    }

    List<ExpiredKey> expired(Tx tx) {
        return tx.query(SELECT_EXPIRED, SigningKeyStore::expiredKey);
    }

    void retire(Tx tx, Instant now) {
        tx.update(RETIRE, now);
    }

    void tellNodes(Tx tx) {
        tx.exists(TELL_NODES);
    }

    private static ExpiredKey expiredKey(ResultSet row) throws SQLException {
        return new ExpiredKey(
                KeyId.parse(row.getString("key_id")),
                row.getBytes("public_key"),
                row.getTimestamp("expired_at").toInstant());
    }
}
