package org.valise.push.rules;

import org.valise.platform.stream.UserScoped;

/// A user's push rules changed: their clients are to get `m.push_rules`.
public final class PushRulesChanged implements UserScoped {
    private final StoredRules stored;

    PushRulesChanged(StoredRules stored) {
        this.stored = stored;
    }

    @Override
    public long position() {
        return stored.position();
    }

    @Override
    public long user() {
        return stored.userNumber();
    }

    StoredRules stored() {
        return stored;
    }
}
