package org.valise.platform.config;

import java.net.URI;
import java.util.Optional;

/// What `/.well-known/matrix/support` says.
public record SupportSection(
        Optional<URI> page,
        Optional<String> adminUser,
        Optional<String> adminEmail,
        Optional<String> securityUser,
        Optional<String> securityEmail) {

    static SupportSection read(Settings s) {
        return new SupportSection(
                s.optional(
                        "page",
                        "URL",
                        "A page with help, for `/.well-known/matrix/support`.",
                        Values::publicUrl),
                s.optional(
                        "admin_user",
                        "user id",
                        "Whom to turn to, such as `@admin:example.org`.",
                        Values::userId),
                s.optionalText("admin_email", "The same by mail."),
                s.optional(
                        "security_user",
                        "user id",
                        "Whom to tell of security problems.",
                        Values::userId),
                s.optionalText("security_email", "The same by mail."));
    }
}
