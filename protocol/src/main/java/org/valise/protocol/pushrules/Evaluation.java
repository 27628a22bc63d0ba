package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;

/// One evaluation while it runs. Remembers whether who is asking made a difference: if not, the
/// result holds for everybody who has the same rules.
final class Evaluation {
    final PushEvent event;
    final PushRoom room;
    private final String owner;
    private final @Nullable String displayName;
    private boolean personal;

    Evaluation(PushEvent event, PushRoom room, String owner, @Nullable String displayName) {
        this.event = event;
        this.room = room;
        this.owner = owner;
        this.displayName = displayName;
    }

    String owner() {
        personal = true;
        return owner;
    }

    @Nullable String displayName() {
        personal = true;
        return displayName;
    }

    boolean isPersonal() {
        return personal;
    }
}
