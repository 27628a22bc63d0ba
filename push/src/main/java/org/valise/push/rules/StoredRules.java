package org.valise.push.rules;

import org.valise.protocol.pushrules.PushRuleChanges;

/// A user's changes as they are stored.
///
/// @param version how often they changed; 0: never
/// @param position where in the stream they last did; 0: never
record StoredRules(long userNumber, long version, long position, PushRuleChanges changes) {
    static StoredRules none(long userNumber) {
        return new StoredRules(userNumber, 0, 0, PushRuleChanges.NONE);
    }
}
