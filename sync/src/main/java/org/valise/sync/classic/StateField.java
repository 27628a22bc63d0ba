package org.valise.sync.classic;

import org.valise.platform.http.Call;

/// Where in a response a room's state stands, and up to where it runs.
enum StateField {
    /// Up to the start of the timeline.
    STATE("state"),
    /// Up to its end.
    STATE_AFTER("state_after"),
    /// The same for clients that ask by the name it had as a proposal, and read that only.
    STATE_AFTER_UNSTABLE("org.matrix.msc4222.state_after");

    private final String key;

    StateField(String key) {
        this.key = key;
    }

    static StateField wanted(Call call) {
        if (call.boolQuery("use_state_after").orElse(false)) {
            return STATE_AFTER;
        }
        return call.boolQuery("org.matrix.msc4222.use_state_after").orElse(false)
                ? STATE_AFTER_UNSTABLE
                : STATE;
    }

    String key() {
        return key;
    }
}
