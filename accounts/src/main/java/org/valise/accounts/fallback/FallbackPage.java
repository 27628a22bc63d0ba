package org.valise.accounts.fallback;

import org.valise.accounts.uia.StageForm;
import org.valise.platform.http.Reply;

/// The HTML of a page with one form.
final class FallbackPage {
    private static final String PAGE =
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$s</title>
            <link rel="stylesheet" href="/_matrix/static/client/fallback/page.css">
            </head>
            <body>
            <main>
            <h1>%1$s</h1>
            <p>%2$s</p>
            %3$s
            <form id="form" data-done="%4$s">
            %5$s
            <button>%6$s</button>
            </form>
            <p id="message" role="alert"></p>
            </main>
            <script src="/_matrix/static/client/fallback/%7$s"></script>
            </body>
            </html>
            """;
    private static final String LINK =
            """
            <li><a href="%s" target="_blank" rel="noopener noreferrer">%s</a></li>
            """;
    private static final String FIELD =
            """
            <label for="%1$s">%2$s</label>
            <input id="%1$s" name="%1$s" type="%3$s" autocomplete="%4$s" required>
            """;

    private FallbackPage() {}

    /// @param script a script among the files of [FallbackFileClient]
    /// @param done whether there is nothing left to fill in
    static Reply reply(StageForm form, String script, boolean done) {
        String html =
                PAGE.formatted(
                        escaped(form.title()),
                        escaped(form.explanation()),
                        links(form),
                        done,
                        fields(form),
                        escaped(form.button()),
                        script);
        return Reply.html(html)
                // SECURITY: whoever could run a script here, or lay something over the page, could
                // take a password or a click.
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self';"
                                + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                                + " frame-ancestors 'none'")
                .header("X-Frame-Options", "DENY")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-store");
    }

    private static String links(StageForm form) {
        if (form.links().isEmpty()) {
            return "";
        }
        StringBuilder list = new StringBuilder("<ul>\n");
        for (StageForm.Link link : form.links()) {
            list.append(LINK.formatted(escaped(link.url()), escaped(link.name())));
        }
        return list.append("</ul>").toString();
    }

    private static String fields(StageForm form) {
        StringBuilder fields = new StringBuilder();
        for (StageForm.Field field : form.fields()) {
            String type = field.secret() ? "password" : "text";
            fields.append(
                    FIELD.formatted(
                            field.name(), escaped(field.label()), type, field.completion()));
        }
        return fields.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
