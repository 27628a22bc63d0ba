package org.valise.protocol.authrules;

/// The single levels of an `m.room.power_levels` event, with what holds where they are not given.
enum Level {
    USERS_DEFAULT("users_default", 0),
    EVENTS_DEFAULT("events_default", 0),
    STATE_DEFAULT("state_default", 50),
    BAN("ban", 50),
    REDACT("redact", 50),
    KICK("kick", 50),
    INVITE("invite", 0);

    private final String property;
    private final long standard;

    Level(String property, long standard) {
        this.property = property;
        this.standard = standard;
    }

    String property() {
        return property;
    }

    long standard() {
        return standard;
    }
}
