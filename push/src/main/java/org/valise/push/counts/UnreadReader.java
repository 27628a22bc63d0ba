package org.valise.push.counts;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.pushrules.PushRuleSet;

import java.util.Set;

/// Whose notifications are counted. Counts made for a reader hold for an equal reader.
///
/// @param displayName the user's in the room
/// @param ignored the ids of users whose events the reader does not get
public record UnreadReader(PushRuleSet rules, @Nullable String displayName, Set<String> ignored) {
    public String userId() {
        return rules.owner().value();
    }
}
