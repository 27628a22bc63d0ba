package org.valise.accounts.fallback;

import org.valise.accounts.uia.StageForm;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

import java.util.List;

/// *An HTML and JavaScript page which can perform the entire login process.* Spec: client-server
/// API, "Login Fallback".
public final class LoginFallbackClient implements Endpoint {
    private static final Reply PAGE =
            FallbackPage.reply(
                    new StageForm(
                            "Sign in",
                            "Sign in with your account on this server.",
                            List.of(),
                            List.of(StageForm.Field.USER, StageForm.Field.PASSWORD),
                            "Sign in"),
                    FallbackFileClient.LOGIN,
                    false);

    @Override
    public Route route() {
        return Route.get("/_matrix/static/client/login/")
                .extension("loginFallback")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        return PAGE;
    }
}
