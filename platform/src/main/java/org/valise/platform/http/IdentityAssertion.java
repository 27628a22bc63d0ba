package org.valise.platform.http;

import java.util.Optional;

/// The user and device an application service claims to speak for, as the query says (`user_id`,
/// `device_id`); a claim, not yet judged.
public record IdentityAssertion(Optional<String> userId, Optional<String> deviceId) {
    static final IdentityAssertion NONE = new IdentityAssertion(Optional.empty(), Optional.empty());

    public boolean isEmpty() {
        return userId.isEmpty() && deviceId.isEmpty();
    }
}
