package org.valise.federation.discovery;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

/// What software this server is. Spec: server-server API, "Server implementation".
public final class VersionFederation implements Endpoint {
    private final byte[] answer;

    public VersionFederation(String version) {
        this.answer =
                Json.write(
                        JsonObject.of(
                                "server", JsonObject.of("name", "Valise", "version", version)));
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/version")
                .spec("getVersion")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(answer);
    }
}
