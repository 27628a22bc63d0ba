package org.valise.rooms.membership;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Body;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// What a client says when it joins.
///
/// @param content further content for the member event
/// @param through servers that may be in the room, the likeliest first
record JoinRequest(@Nullable String reason, JsonObject content, List<ServerName> through) {
    /// NOTSPEC: what else is in the body goes into the member event, as other servers have it: a
    /// name for this room alone, say. A client could send the same as state.
    static JoinRequest read(Body body, List<ServerName> through) {
        return new JoinRequest(
                body.optionalString("reason").orElse(null),
                body.json()
                        .without(
                                "reason",
                                "third_party_signed",
                                "membership",
                                "join_authorised_via_users_server"),
                through);
    }
}
