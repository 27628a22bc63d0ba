package org.valise.rooms.creation;

/// Which new rooms the server makes encrypted although nobody asked for it.
///
/// A space is never made so: nobody talks in one, and its own state would not be encrypted anyway.
public enum DefaultEncryption {
    /// None: clients decide.
    OFF,
    /// Conversations of people: made as direct, or with the preset `trusted_private_chat`.
    DIRECT,
    /// Those too, and every other room that not everybody may join.
    PRIVATE,
    ALL;

    static final String ALGORITHM = "m.megolm.v1.aes-sha2";

    /// @param direct whether it is a conversation of people
    /// @param open whether everybody may join it
    boolean covers(boolean direct, boolean open) {
        return switch (this) {
            case OFF -> false;
            case DIRECT -> direct;
            case PRIVATE -> direct || !open;
            case ALL -> true;
        };
    }
}
