package org.valise.protocol.authrules;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;

/// The rules for events of type `m.room.redaction`, in the versions where redactions are a matter
/// of authorization.
final class RedactionRules {

    private RedactionRules() {}

    static AuthResult check(AuthCheck check) {
        Event event = check.event();
        // If the `sender`'s power level is greater than or equal to the *redact level*, allow.
        if (check.senderLevel() >= check.powerLevels().redact()) {
            return AuthRule.REDACTION_BY_LEVEL.allow();
        }
        // If the domain of the `event_id` of the event being redacted is the same as the domain of
        // the `event_id` of the `m.room.redaction`, allow.
        EventId redacted = event.redacts();
        if (redacted != null
                && redacted.originServer().isPresent()
                && redacted.originServer().equals(event.id().originServer())) {
            return AuthRule.REDACTION_OF_OWN_DOMAIN.allow();
        }
        // Otherwise, reject.
        return AuthRule.REDACTION_REFUSED.reject(
                "neither the level to redact nor an event of the sender's server");
    }
}
