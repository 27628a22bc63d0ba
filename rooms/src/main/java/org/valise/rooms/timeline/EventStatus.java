package org.valise.rooms.timeline;

/// What became of an event on receipt (server-server API, "Checks performed on receipt of a PDU").
/// The codes are stored.
public enum EventStatus {
    ACCEPTED,
    SOFT_FAILED,
    REJECTED,
    OUTLIER;

    private static final EventStatus[] ALL = values();

    public int code() {
        return ordinal();
    }

    public static EventStatus of(int code) {
        return ALL[code];
    }
}
