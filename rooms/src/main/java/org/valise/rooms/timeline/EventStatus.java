package org.valise.rooms.timeline;

/// What became of an event on receipt (server-server API, "Checks performed on receipt of a PDU").
/// The codes are stored.
public enum EventStatus {
    ACCEPTED,

    /// The room's present state does not allow it: it takes part in all but is shown to nobody.
    SOFT_FAILED,

    REJECTED,

    /// Known for its content alone, as part of a state or an auth chain; its place in the room is
    /// not known.
    OUTLIER,

    /// Not judged, for ancestors are missing: as good as rejected until they arrive.
    WAITING,

    /// A redaction that is part of the room like any accepted event, but is shown to nobody: what
    /// it redacts is not here, or its sender may not redact that.
    WITHHELD;

    private static final EventStatus[] ALL = values();

    public int code() {
        return ordinal();
    }

    /// Whether nothing that arrives can change it any more.
    public boolean isFinal() {
        return this != OUTLIER && this != WAITING && this != WITHHELD;
    }

    public static EventStatus of(int code) {
        return ALL[code];
    }
}
