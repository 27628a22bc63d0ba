package org.valise.accounts.uia;

import org.valise.platform.http.Reply;
import org.valise.protocol.json.JsonObject;

/// More is needed. *The homeserver returns an HTTP 401 response, with a JSON body*: flows, params,
/// session, completed.
public record Challenge(JsonObject body) implements Outcome {
    public Reply reply() {
        return Reply.status(401, body);
    }
}
