package org.valise.rooms.timeline;

import org.valise.platform.database.Database;
import org.valise.protocol.event.StateKey;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The table of (type, state key) pairs.
final class StateKeyStore {
    private static final String FIND =
            "SELECT number FROM rooms.state_key WHERE type = ? AND state_key = ?";
    private static final String FIND_ALL =
            """
            SELECT k.number, k.type, k.state_key FROM rooms.state_key k
            JOIN unnest(?, ?) AS wanted (type, state_key) USING (type, state_key)
            """;
    private static final String ADD =
            """
            INSERT INTO rooms.state_key (number, type, state_key) VALUES (?, ?, ?)
            ON CONFLICT (type, state_key) DO NOTHING
            """;
    private static final String ADD_ALL =
            """
            INSERT INTO rooms.state_key (number, type, state_key)
            SELECT * FROM unnest(?, ?, ?) ON CONFLICT (type, state_key) DO NOTHING
            RETURNING number, type, state_key
            """;
    private static final String NAMES =
            "SELECT number, type, state_key FROM rooms.state_key WHERE number = ANY(?)";

    private final Database database;

    StateKeyStore(Database database) {
        this.database = database;
    }

    /// A pair and its number.
    record Numbered(long number, StateKey key) {}

    Optional<Long> find(StateKey key) {
        return database.read(tx -> tx.one(FIND, row -> row.getLong(1), key.type(), key.key()));
    }

    List<Numbered> find(Collection<StateKey> keys) {
        String[] types = keys.stream().map(StateKey::type).toArray(String[]::new);
        String[] names = keys.stream().map(StateKey::key).toArray(String[]::new);
        return database.read(tx -> tx.query(FIND_ALL, StateKeyStore::numbered, types, names));
    }

    List<Numbered> names(long[] numbers) {
        return database.read(tx -> tx.query(NAMES, StateKeyStore::numbered, numbers));
    }

    /// @return false if the pair has a number already
    boolean add(long number, StateKey key) {
        return database.read(tx -> tx.update(ADD, number, key.type(), key.key())) == 1;
    }

    /// Adds those that have no number yet.
    ///
    /// @return those that were added
    List<Numbered> add(Collection<Numbered> pairs) {
        long[] numbers = pairs.stream().mapToLong(Numbered::number).toArray();
        String[] types = pairs.stream().map(pair -> pair.key().type()).toArray(String[]::new);
        String[] names = pairs.stream().map(pair -> pair.key().key()).toArray(String[]::new);
        return database.read(
                tx -> tx.query(ADD_ALL, StateKeyStore::numbered, numbers, types, names));
    }

    private static Numbered numbered(ResultSet row) throws SQLException {
        return new Numbered(row.getLong(1), new StateKey(row.getString(2), row.getString(3)));
    }
}
