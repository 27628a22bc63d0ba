package org.valise.rooms.members;

import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// A user's membership of a room. The codes are stored.
public enum Membership {
    LEAVE("leave"),
    INVITE("invite"),
    KNOCK("knock"),
    JOIN("join"),
    BAN("ban");

    private static final Membership[] ALL = values();

    private final String word;

    Membership(String word) {
        this.word = word;
    }

    /// As in `m.room.member` content.
    public String word() {
        return word;
    }

    public int code() {
        return ordinal();
    }

    public static Membership of(int code) {
        return ALL[code];
    }

    public static Optional<Membership> of(JsonObject content) {
        return content.string("membership").flatMap(Membership::ofWord);
    }

    public static Optional<Membership> ofWord(String word) {
        for (Membership membership : ALL) {
            if (membership.word.equals(word)) {
                return Optional.of(membership);
            }
        }
        return Optional.empty();
    }
}
