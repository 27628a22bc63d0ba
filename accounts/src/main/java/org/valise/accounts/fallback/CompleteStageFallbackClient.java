package org.valise.accounts.fallback;

import org.valise.accounts.uia.StagePages;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonObject;

/// What the page of [StageFallbackClient] sends.
public final class CompleteStageFallbackClient implements Endpoint {
    private final StagePages pages;

    public CompleteStageFallbackClient(StagePages pages) {
        this.pages = pages;
    }

    @Override
    public Route route() {
        return Route.post(StageFallbackClient.PATH)
                .extension("completeAuthFallback")
                .auth(Auth.NONE)
                .limit(RateLimit.LOGIN)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        pages.complete(
                call.path("stage"),
                body.string("session"),
                body.optionalObject("fields").orElse(JsonObject.of()),
                call);
        return Reply.empty();
    }
}
