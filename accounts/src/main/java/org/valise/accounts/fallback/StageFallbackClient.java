package org.valise.accounts.fallback;

import org.valise.accounts.uia.StagePages;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// *A fallback page which will allow the user to complete that login step out-of-band in their web
/// browser.* Spec: client-server API, User-Interactive Authentication API, "Fallback".
public final class StageFallbackClient implements Endpoint {
    static final String PATH = "/_matrix/client/v3/auth/{stage}/fallback/web";

    private final StagePages pages;

    public StageFallbackClient(StagePages pages) {
        this.pages = pages;
    }

    @Override
    public Route route() {
        return Route.get(PATH)
                .extension("authFallback")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        StagePages.Page page = pages.page(call.path("stage"), call.requiredQuery("session"));
        return FallbackPage.reply(page.form(), FallbackFileClient.AUTH, page.isDone());
    }
}
