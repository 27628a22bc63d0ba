package org.valise.rooms.creation;

import java.util.Optional;

/// What a room begins with. Spec: client-server API, `POST /createRoom`, "preset".
enum Preset {
    PRIVATE_CHAT("private_chat", "invite", "shared", "can_join"),
    TRUSTED_PRIVATE_CHAT("trusted_private_chat", "invite", "shared", "can_join"),
    PUBLIC_CHAT("public_chat", "public", "shared", "forbidden");

    private final String word;
    private final String joinRule;
    private final String historyVisibility;
    private final String guestAccess;

    Preset(String word, String joinRule, String historyVisibility, String guestAccess) {
        this.word = word;
        this.joinRule = joinRule;
        this.historyVisibility = historyVisibility;
        this.guestAccess = guestAccess;
    }

    static Optional<Preset> of(String word) {
        for (Preset preset : values()) {
            if (preset.word.equals(word)) {
                return Optional.of(preset);
            }
        }
        return Optional.empty();
    }

    String joinRule() {
        return joinRule;
    }

    String historyVisibility() {
        return historyVisibility;
    }

    String guestAccess() {
        return guestAccess;
    }
}
