package org.valise.accounts;

import org.valise.accounts.users.PasswordCost;
import org.valise.accounts.users.PasswordRules;
import org.valise.platform.config.Secret;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.List;
import java.util.Optional;

/// What the operator decides about accounts.
///
/// @param defaultRoomVersion what `/capabilities` says
/// @param openRegistration whether anybody may register without a token
/// @param registrationTokens words that are good for any number of accounts
/// @param concurrentHashes how many passwords are hashed at once
/// @param clientWellKnown what `/.well-known/matrix/client` says; without it there is none
/// @param supportWellKnown what `/.well-known/matrix/support` says; without it there is none
public record AccountsConfig(
        ServerName server,
        RoomVersion defaultRoomVersion,
        boolean openRegistration,
        List<Secret> registrationTokens,
        PasswordCost passwordCost,
        int concurrentHashes,
        PasswordRules passwordRules,
        Optional<JsonObject> clientWellKnown,
        Optional<JsonObject> supportWellKnown) {
    private static final int SHORTEST_PASSWORD = 8;

    /// Closed registration, passwords at their usual cost, no well-known files.
    public static AccountsConfig defaults(ServerName server) {
        return new AccountsConfig(
                server,
                RoomVersion.DEFAULT,
                false,
                List.of(),
                PasswordCost.DEFAULT,
                Math.max(1, Runtime.getRuntime().availableProcessors()),
                new PasswordRules(SHORTEST_PASSWORD),
                Optional.empty(),
                Optional.empty());
    }

    /// The same with registration open or closed.
    public AccountsConfig withOpenRegistration(boolean open) {
        return new AccountsConfig(
                server,
                defaultRoomVersion,
                open,
                registrationTokens,
                passwordCost,
                concurrentHashes,
                passwordRules,
                clientWellKnown,
                supportWellKnown);
    }

    /// The same, telling clients where the server is.
    public AccountsConfig withBaseUrl(String url) {
        return new AccountsConfig(
                server,
                defaultRoomVersion,
                openRegistration,
                registrationTokens,
                passwordCost,
                concurrentHashes,
                passwordRules,
                Optional.of(clientWellKnown(url)),
                supportWellKnown);
    }

    private static JsonObject clientWellKnown(String url) {
        return JsonObject.of("m.homeserver", JsonObject.of("base_url", url));
    }
}
