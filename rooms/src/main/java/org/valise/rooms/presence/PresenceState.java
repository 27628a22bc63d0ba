package org.valise.rooms.presence;

import java.util.Optional;

/// Whether somebody is there. Of several devices, or nodes, the first of these counts.
public enum PresenceState {
    ONLINE("online"),
    UNAVAILABLE("unavailable"),
    OFFLINE("offline");

    private final String word;

    PresenceState(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    public static Optional<PresenceState> ofWord(String word) {
        for (PresenceState state : values()) {
            if (state.word.equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }
}
