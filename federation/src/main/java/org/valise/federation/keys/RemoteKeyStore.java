package org.valise.federation.keys;

import org.valise.federation.keys.KeyStatement.StatedKey;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The tables `federation.remote_keys` and `federation.remote_key_statements`.
final class RemoteKeyStore {
    /// SECURITY: a server that lists other keys at every request fills no more than this.
    private static final int MOST_KEYS_OF_A_SERVER = 1_000;

    private static final String SELECT_KEYS =
            """
            SELECT server_name, key_id, public_key, valid_until, expired
            FROM federation.remote_keys WHERE server_name = ANY(?)
            """;

    private static final String SELECT_STATEMENTS =
            """
            SELECT server_name, statement, fetched_at, valid_until
            FROM federation.remote_key_statements WHERE server_name = ANY(?)
            """;

    private static final String UPSERT_KEY =
            """
            INSERT INTO federation.remote_keys (server_name, key_id, public_key, valid_until, expired)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (server_name, key_id) DO UPDATE
            SET public_key = excluded.public_key, valid_until = excluded.valid_until, expired = excluded.expired
            """;

    // What a server said itself stays as it is, but that a key may have been in use for longer.
    private static final String ADD_KEY =
            """
            INSERT INTO federation.remote_keys AS known (server_name, key_id, public_key, valid_until, expired)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (server_name, key_id) DO UPDATE
            SET valid_until = greatest(known.valid_until, excluded.valid_until)
            WHERE known.public_key = excluded.public_key AND NOT known.expired AND NOT excluded.expired
            """;

    private static final String EXPIRE_UNLISTED =
            """
            UPDATE federation.remote_keys SET expired = true, valid_until = least(valid_until, ?)
            WHERE server_name = ? AND NOT expired AND key_id <> ALL(?)
            """;

    private static final String DELETE_BEYOND =
            """
            DELETE FROM federation.remote_keys k
            USING (SELECT key_id, row_number() OVER (ORDER BY expired, valid_until DESC, key_id) AS place
                   FROM federation.remote_keys WHERE server_name = ?) ranked
            WHERE k.server_name = ? AND k.key_id = ranked.key_id AND ranked.place > ?
            """;

    private static final String UPSERT_STATEMENT =
            """
            INSERT INTO federation.remote_key_statements (server_name, statement, fetched_at, valid_until)
            VALUES (?, ?, ?, ?)
            ON CONFLICT (server_name) DO UPDATE
            SET statement = excluded.statement, fetched_at = excluded.fetched_at, valid_until = excluded.valid_until
            """;

    /// @param statement JSON as the server gave it
    record StoredStatement(
            ServerName server, byte[] statement, Instant fetchedAt, Instant validUntil) {}

    /// The keys of each of the servers; an empty map for one that is not known.
    Map<ServerName, Map<KeyId, StatedKey>> keys(Tx tx, Collection<ServerName> servers) {
        Map<ServerName, Map<KeyId, StatedKey>> found = new HashMap<>();
        servers.forEach(server -> found.put(server, new TreeMap<>()));
        tx.each(
                SELECT_KEYS,
                row ->
                        found.computeIfAbsent(
                                        ServerName.parse(row.getString("server_name")),
                                        absent -> new TreeMap<>())
                                .put(KeyId.parse(row.getString("key_id")), statedKey(row)),
                (Object) names(servers));
        return found;
    }

    List<StoredStatement> statements(Tx tx, Collection<ServerName> servers) {
        return tx.query(
                SELECT_STATEMENTS,
                row ->
                        new StoredStatement(
                                ServerName.parse(row.getString("server_name")),
                                row.getBytes("statement"),
                                row.getTimestamp("fetched_at").toInstant(),
                                row.getTimestamp("valid_until").toInstant()),
                (Object) names(servers));
    }

    /// Takes a statement in place of the last one. Were it lost, its server would be asked again.
    ///
    /// SECURITY: a key that is no longer listed is one that its server has taken back: it holds for
    /// nothing signed from now on.
    void save(Tx tx, KeyStatement statement, byte[] json, Instant fetchedAt) {
        tx.withoutFsync();
        String server = statement.server().value();
        // First the statement's row: two nodes that save at once take turns.
        tx.update(UPSERT_STATEMENT, server, json, fetchedAt, statement.validUntil());
        tx.batch(UPSERT_KEY, rows(statement));
        String[] listed =
                statement.keys().keySet().stream().map(KeyId::value).toArray(String[]::new);
        tx.update(EXPIRE_UNLISTED, fetchedAt, server, listed);
        tx.update(DELETE_BEYOND, server, server, MOST_KEYS_OF_A_SERVER);
    }

    /// Takes keys of a statement that did not come from its server, beside what that said itself.
    void add(Tx tx, KeyStatement statement) {
        String server = statement.server().value();
        tx.batch(ADD_KEY, rows(statement));
        tx.update(DELETE_BEYOND, server, server, MOST_KEYS_OF_A_SERVER);
    }

    private static List<Object[]> rows(KeyStatement statement) {
        List<Object[]> rows = new ArrayList<>();
        statement
                .keys()
                .forEach((id, key) ->
                        rows.add(
                                new Object[] {
                                    statement.server().value(),
                                    id.value(),
                                    key.publicKey(),
                                    key.validUntil(),
                                    key.expired()
                                }));
        return rows;
    }

    private static StatedKey statedKey(ResultSet row) throws SQLException {
        return new StatedKey(
                row.getBytes("public_key"),
                row.getTimestamp("valid_until").toInstant(),
                row.getBoolean("expired"));
    }

    private static String[] names(Collection<ServerName> servers) {
        return servers.stream().map(ServerName::value).toArray(String[]::new);
    }
}
