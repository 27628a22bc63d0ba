package org.valise.rooms.timeline;

import org.valise.platform.database.Database;

/// The sequences that numbers come from, a block at a time.
public final class SequenceStore {
    private static final String NEXT_ROOMS = "SELECT nextval('rooms.room_number')";
    private static final String NEXT_EVENTS = "SELECT nextval('rooms.event_number')";
    private static final String NEXT_STATES = "SELECT nextval('rooms.state_number')";
    private static final String NEXT_STATE_KEYS = "SELECT nextval('rooms.state_key_number')";

    private final Database database;

    public SequenceStore(Database database) {
        this.database = database;
    }

    /// Numbers of rooms.
    public NumberBlock rooms() {
        return new NumberBlock(() -> next(NEXT_ROOMS), 100);
    }

    /// Numbers of events.
    public NumberBlock events() {
        return new NumberBlock(() -> next(NEXT_EVENTS), 1_000);
    }

    /// Numbers of state snapshots.
    public NumberBlock states() {
        return new NumberBlock(() -> next(NEXT_STATES), 1_000);
    }

    /// Numbers of (type, state key) pairs.
    NumberBlock stateKeys() {
        return new NumberBlock(() -> next(NEXT_STATE_KEYS), 100);
    }

    private long next(String sql) {
        return database.read(tx -> tx.only(sql, row -> row.getLong(1)));
    }
}
