package org.valise.devices.crosssigning;

import org.valise.accounts.uia.Challenge;
import org.valise.accounts.uia.Flow;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.devices.changes.ChangeRefusedException;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

import java.util.ArrayList;
import java.util.List;

/// Publishes the caller's cross-signing keys. Spec: client-server API, `POST
/// /keys/device_signing/upload`.
public final class UploadCrossSigningKeysClient implements Endpoint {
    private static final List<Flow> FLOWS = List.of(Flow.of(PasswordStage.TYPE));
    private static final int ATTEMPTS = 3;

    private final CrossSigningUpload uploads;
    private final Uia uia;

    public UploadCrossSigningKeysClient(CrossSigningUpload uploads, Uia uia) {
        this.uploads = uploads;
        this.uia = uia;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/keys/device_signing/upload")
                .spec("uploadCrossSigningKeys")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS)
                .alsoAt("/_matrix/client/unstable/keys/device_signing/upload");
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        Body body = call.body();
        List<CrossSigningKey> keys = new ArrayList<>();
        for (CrossSigningUsage usage : CrossSigningUsage.values()) {
            body.optionalObject(usage.field())
                    .ifPresent(key -> keys.add(CrossSigningKey.parse(usage, key, caller.user())));
        }
        for (int attempt = 1; ; attempt++) {
            CrossSigningUpload.Plan plan = uploads.plan(caller, keys);
            if (plan.needsAuthentication()) {
                switch (uia.require(call, caller, "uploadCrossSigningKeys", FLOWS, body.json())) {
                    case Challenge challenge -> {
                        return challenge.reply();
                    }
                    case Proof proof -> uia.spend(proof);
                }
            }
            try {
                uploads.store(caller, plan);
                return Reply.empty();
            } catch (ChangeRefusedException refusal) {
                // SECURITY: who was outrun is asked for authentication: there are keys now.
                if (!refusal.isOutrun() || attempt == ATTEMPTS) {
                    throw refusal;
                }
            }
        }
    }
}
