package org.valise.push.rules;

import org.valise.platform.stream.Change;

/// A user's push rules changed: their clients are to get `m.push_rules`.
public final class PushRulesChanged implements Change {
    private final StoredRules stored;

    PushRulesChanged(StoredRules stored) {
        this.stored = stored;
    }

    @Override
    public long position() {
        return stored.position();
    }

    public long userNumber() {
        return stored.userNumber();
    }

    StoredRules stored() {
        return stored;
    }
}
