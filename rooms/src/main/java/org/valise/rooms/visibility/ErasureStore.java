package org.valise.rooms.visibility;

import org.valise.platform.database.Database;

import java.util.HashMap;
import java.util.Map;

/// SQL of who was erased, and when.
final class ErasureStore {
    private static final String ALL = "SELECT user_number, position FROM accounts_read.erasure";

    private final Database database;

    ErasureStore(Database database) {
        this.database = database;
    }

    /// Positions by the users' numbers.
    Map<Long, Long> all() {
        return database.read(tx -> {
            var found = new HashMap<Long, Long>();
            tx.each(ALL, row -> found.put(row.getLong(1), row.getLong(2)));
            return found;
        });
    }
}
