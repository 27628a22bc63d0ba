package org.valise.protocol.pushrules;

import java.util.Optional;

/// The kinds of push rule, "in the order that they are checked".
public enum RuleKind {
    OVERRIDE("override"),
    CONTENT("content"),
    ROOM("room"),
    SENDER("sender"),
    UNDERRIDE("underride");

    private final String id;

    RuleKind(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    /// "`override` and `underride` rules MAY have a list of 'conditions'"; the others have
    /// predefined ones.
    public boolean hasConditions() {
        return this == OVERRIDE || this == UNDERRIDE;
    }

    public static Optional<RuleKind> of(String id) {
        for (RuleKind kind : values()) {
            if (kind.id.equals(id)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
