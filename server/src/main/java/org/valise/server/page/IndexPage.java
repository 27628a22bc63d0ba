package org.valise.server.page;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.ServerName;

/// Says what runs here. No scripts, nothing from elsewhere.
public final class IndexPage implements Endpoint {
    private static final String PAGE =
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$s – Valise</title>
            <style>
            :root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6472; --paper: #f7f6f2; --line: #d9d5ca; --accent: #7a2e2e; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #e9e6de; --soft: #a7a397; --paper: #16181c; --line: #33363d; --accent: #e0a58f; }
            }
            * { box-sizing: border-box; }
            body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
              font: 1rem/1.6 system-ui, sans-serif; }
            main { max-width: 34rem; padding: 2rem; }
            h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
            p { margin: .75rem 0; }
            .soft { color: var(--soft); }
            dl { margin: 1.5rem 0; border-top: 1px solid var(--line); }
            dl > div { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line); }
            dt { flex: 0 0 9rem; color: var(--soft); }
            dd { margin: 0; overflow-wrap: anywhere; }
            a { color: var(--accent); }
            </style>
            </head>
            <body>
            <main>
            <h1>%1$s</h1>
            <p class="soft">A Matrix homeserver, run with Valise.</p>
            <p>There is nothing to click here: open a Matrix client and sign in with this server.</p>
            <dl>
            <div><dt>Server</dt><dd>%1$s</dd></div>
            <div><dt>User ids</dt><dd>@you:%1$s</dd></div>
            <div><dt>Registration</dt><dd>%2$s</dd></div>
            <div><dt>Software</dt><dd>Valise %3$s</dd></div>
            <div><dt>Interface</dt><dd><a href="/_matrix/client/versions">Matrix client-server API</a></dd></div>
            </dl>
            </main>
            </body>
            </html>
            """;

    private final Reply page;

    public IndexPage(ServerName server, boolean openRegistration, String version) {
        // A server name has no character that means anything in HTML: see its grammar.
        String registration = openRegistration ? "open to everybody" : "by invitation";
        this.page =
                Reply.html(PAGE.formatted(server.value(), registration, version))
                        .header(
                                "Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
                                        + " form-action 'none'; frame-ancestors 'none'")
                        .header("X-Content-Type-Options", "nosniff")
                        .header("Referrer-Policy", "no-referrer");
    }

    @Override
    public Route route() {
        return Route.get("/").extension("index").auth(Auth.NONE).limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        return page;
    }
}
