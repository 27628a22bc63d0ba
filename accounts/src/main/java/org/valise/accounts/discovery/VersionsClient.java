package org.valise.accounts.discovery;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// Says which versions of the specification are served. Spec: client-server API, GET
/// /_matrix/client/versions
public final class VersionsClient implements Endpoint {
    // Clients take a version as a promise of what they use of it, and look for the gaps themselves;
    // a version is added when what clients gate on it holds: of v1.14 reporting users, of v1.15 the
    // summary of a room, of v1.16 profile fields, state_after and room version 12.
    private static final JsonObject VERSIONS =
            JsonObject.of(
                    "versions",
                    JsonArray.of(
                            "r0.5.0", "r0.6.0", "r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5",
                            "v1.6", "v1.7", "v1.8", "v1.9", "v1.10", "v1.11", "v1.12", "v1.13",
                            "v1.14", "v1.15", "v1.16"),
                    "unstable_features",
                    JsonObject.of());

    @Override
    public Route route() {
        return Route.get("/_matrix/client/versions")
                .spec("getVersions")
                .auth(Auth.OPTIONAL)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.PUBLIC)
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(VERSIONS);
    }
}
