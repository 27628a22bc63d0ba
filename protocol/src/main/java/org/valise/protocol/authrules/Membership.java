package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;

/// A user's relation to a room, as the `membership` of their `m.room.member` event says it.
public enum Membership {
    JOIN,
    INVITE,
    KNOCK,
    BAN,
    LEAVE;

    /// The membership that a state's `m.room.member` event gives. Who has none has left, and so has
    /// whoever's event makes no sense.
    public static Membership of(@Nullable Event member) {
        if (member == null) {
            return LEAVE;
        }
        return switch (member.content().string("membership").orElse("")) {
            case "join" -> JOIN;
            case "invite" -> INVITE;
            case "knock" -> KNOCK;
            case "ban" -> BAN;
            default -> LEAVE;
        };
    }
}
