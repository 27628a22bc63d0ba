package org.valise.accounts.calls;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Gives credentials for the TURN server, as TURN servers with a shared secret check them
/// (draft-uberti-behave-turn-rest). Spec: client-server API, GET /voip/turnServer
public final class TurnServerClient implements Endpoint {
    private static final String ALGORITHM = "HmacSHA1";

    private final TurnConfig config;
    private final Clock clock;

    public TurnServerClient(TurnConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/voip/turnServer")
                .spec("getTurnServer")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        if (config.uris().isEmpty()) {
            // NOTSPEC: says nothing of a server that has none. Clients take an empty object for it,
            // and an error for a reason to ask again every minute.
            return Reply.empty();
        }
        long expires = clock.instant().plus(config.lifetime()).getEpochSecond();
        String name = expires + ":" + call.caller().user().value();
        return Reply.json(
                JsonObject.of(
                        "username",
                        name,
                        "password",
                        password(name),
                        "uris",
                        JsonArray.of(config.uris()),
                        "ttl",
                        config.lifetime().toSeconds()));
    }

    private String password(String name) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(
                    new SecretKeySpec(
                            config.secret().reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
