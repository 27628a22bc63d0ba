package org.valise.rooms.membership;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Body;
import org.valise.protocol.json.JsonObject;

/// What a client says when it joins.
///
/// @param content further content for the member event
record JoinRequest(@Nullable String reason, JsonObject content) {
    /// NOTSPEC: what else is in the body goes into the member event, as other servers have it: a
    /// name for this room alone, say. A client could send the same as state.
    static JoinRequest read(Body body) {
        return new JoinRequest(
                body.optionalString("reason").orElse(null),
                body.json()
                        .without(
                                "reason",
                                "third_party_signed",
                                "membership",
                                "join_authorised_via_users_server"));
    }
}
