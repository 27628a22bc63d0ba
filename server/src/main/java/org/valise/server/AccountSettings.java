package org.valise.server;

import org.valise.accounts.AccountsConfig;
import org.valise.accounts.accountdata.AccountDataLimits;
import org.valise.accounts.calls.TurnConfig;
import org.valise.accounts.discovery.DiscoveryConfig;
import org.valise.accounts.registration.RegistrationConfig;
import org.valise.accounts.registration.Terms;
import org.valise.accounts.users.PasswordConfig;
import org.valise.accounts.users.PasswordCost;
import org.valise.accounts.users.PasswordRules;
import org.valise.platform.config.ConfigException;
import org.valise.platform.config.SupportSection;
import org.valise.platform.config.TurnSection;
import org.valise.platform.config.ValiseConfig;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the configuration says of accounts, as the module wants to be told.
final class AccountSettings {
    private AccountSettings() {}

    /// @throws ConfigException if a file that the configuration names cannot be used
    static AccountsConfig of(ValiseConfig config) {
        return new AccountsConfig(
                config.serverName(),
                registration(config.registration()),
                passwords(config.passwords()),
                config.sessions().accessTokenLifetime(),
                DiscoveryConfig.NONE
                        .withDefaultRoomVersion(config.rooms().defaultVersion())
                        .withBaseUrl(config.publicUrl().toString())
                        .withSupport(support(config.support())),
                turn(config.turn()),
                new AccountDataLimits(
                        config.accountData().maxEntries(), config.accountData().maxBytes()));
    }

    private static RegistrationConfig registration(ValiseConfig.Registration config) {
        return new RegistrationConfig(
                config.open(),
                config.tokens(),
                config.guests(),
                config.terms().map(AccountSettings::terms).orElse(Terms.NONE));
    }

    private static Terms terms(Path file) {
        try {
            return Terms.parse(Json.parseObject(Files.readAllBytes(file)));
        } catch (IOException | JsonException | IllegalArgumentException e) {
            throw new ConfigException(
                    List.of("registration.terms: %s: %s".formatted(file, e.getMessage())));
        }
    }

    private static PasswordConfig passwords(ValiseConfig.Passwords config) {
        return new PasswordConfig(
                new PasswordCost(config.memoryKib(), config.iterations(), config.parallelism()),
                config.concurrent(),
                new PasswordRules(config.minimumLength()));
    }

    private static TurnConfig turn(TurnSection config) {
        return new TurnConfig(config.uris(), config.secret(), config.lifetime());
    }

    /// Spec: client-server API, GET /.well-known/matrix/support. *At least one of `contacts` or
    /// `support_page` is required.*
    private static JsonObject support(SupportSection config) {
        var contacts = new ArrayList<JsonObject>();
        contact("m.role.admin", config.adminUser(), config.adminEmail()).ifPresent(contacts::add);
        contact("m.role.security", config.securityUser(), config.securityEmail())
                .ifPresent(contacts::add);
        var support = JsonObject.builder();
        if (!contacts.isEmpty()) {
            support.put("contacts", JsonArray.of(contacts));
        }
        config.page().ifPresent(page -> support.put("support_page", page.toString()));
        return support.build();
    }

    private static Optional<JsonObject> contact(
            String role, Optional<String> user, Optional<String> email) {
        if (user.isEmpty() && email.isEmpty()) {
            return Optional.empty();
        }
        var contact = JsonObject.builder().put("role", role);
        user.ifPresent(id -> contact.put("matrix_id", id));
        email.ifPresent(address -> contact.put("email_address", address));
        return Optional.of(contact.build());
    }
}
