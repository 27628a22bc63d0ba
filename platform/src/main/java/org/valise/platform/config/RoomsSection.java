package org.valise.platform.config;

import org.valise.protocol.roomversion.RoomVersion;

/// @param defaultVersion of rooms whose creator asks for none
public record RoomsSection(RoomVersion defaultVersion, Encryption encryption) {
    /// Which new rooms are encrypted although the client did not ask for it.
    public enum Encryption {
        OFF,
        DIRECT,
        PRIVATE,
        ALL
    }

    static RoomsSection read(Settings s) {
        return new RoomsSection(
                s.parsed(
                        "default_version",
                        "room version",
                        RoomVersion.DEFAULT.id(),
                        "The version of a room whose creator asks for none. An older one only"
                                + " where clients or other servers cannot do better.",
                        Values::roomVersion),
                s.choice(
                        "encryption",
                        Encryption.OFF,
                        Encryption.class,
                        "Which new rooms are encrypted although the client did not ask for it:"
                                + " none, conversations (direct or `trusted_private_chat`), also"
                                + " every other room that not everybody may join, or all. Spaces"
                                + " never are."));
    }
}
