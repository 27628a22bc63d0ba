package org.valise.rooms.presence;

import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// An endpoint whose use shows that the caller is there.
///
/// Spec: client-server API, "Last active ago": "A pro-active event may be sending a message to a
/// room or changing presence state to `online`."
public record ShowsActivity(Endpoint endpoint, Presence presence) implements Endpoint {
    @Override
    public Route route() {
        return endpoint.route();
    }

    @Override
    public Reply handle(Call call) throws Exception {
        Reply reply = endpoint.handle(call);
        presence.active(call.caller());
        return reply;
    }
}
