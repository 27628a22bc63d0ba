package org.valise.rooms.timeline;

import org.valise.platform.database.Database;

/// Numbers from a sequence, fetched a block at a time, so that taking one costs no round trip. What
/// is left of a block is lost with the process.
public final class NumberBlock {
    private final Database database;
    private final String sql;
    private final int size;
    private long next;
    private long end;

    /// @param sequence its increment must be `size`
    public NumberBlock(Database database, String sequence, int size) {
        this.database = database;
        this.sql = "SELECT nextval('" + sequence + "')";
        this.size = size;
    }

    public synchronized long take() {
        if (next == end) {
            next = database.read(tx -> tx.only(sql, row -> row.getLong(1)));
            end = next + size;
        }
        return next++;
    }
}
