package org.valise.accounts;

import org.valise.accounts.accountdata.AccountDataLimits;
import org.valise.accounts.calls.TurnConfig;
import org.valise.accounts.discovery.DiscoveryConfig;
import org.valise.accounts.registration.RegistrationConfig;
import org.valise.accounts.users.PasswordConfig;
import org.valise.protocol.id.ServerName;

import java.time.Duration;

/// What the operator decides about accounts.
///
/// @param accessTokenLifetime of clients that can refresh theirs
public record AccountsConfig(
        ServerName server,
        RegistrationConfig registration,
        PasswordConfig passwords,
        Duration accessTokenLifetime,
        DiscoveryConfig discovery,
        TurnConfig turn,
        AccountDataLimits accountData) {

    /// Closed registration, passwords at their usual cost, no well-known files, no TURN server.
    public static AccountsConfig defaults(ServerName server) {
        return new AccountsConfig(
                server,
                RegistrationConfig.CLOSED,
                PasswordConfig.defaults(),
                Duration.ofHours(1),
                DiscoveryConfig.NONE,
                TurnConfig.NONE,
                AccountDataLimits.DEFAULT);
    }

    /// The same with other rules for registering.
    public AccountsConfig withRegistration(RegistrationConfig other) {
        return new AccountsConfig(
                server, other, passwords, accessTokenLifetime, discovery, turn, accountData);
    }

    /// The same with other passwords.
    public AccountsConfig withPasswords(PasswordConfig other) {
        return new AccountsConfig(
                server, registration, other, accessTokenLifetime, discovery, turn, accountData);
    }

    /// The same with access tokens that last longer or shorter.
    public AccountsConfig withAccessTokenLifetime(Duration other) {
        return new AccountsConfig(
                server, registration, passwords, other, discovery, turn, accountData);
    }

    /// The same with other well-known files.
    public AccountsConfig withDiscovery(DiscoveryConfig other) {
        return new AccountsConfig(
                server, registration, passwords, accessTokenLifetime, other, turn, accountData);
    }

    /// The same with other limits of account data.
    public AccountsConfig withAccountData(AccountDataLimits other) {
        return new AccountsConfig(
                server, registration, passwords, accessTokenLifetime, discovery, turn, other);
    }

    /// The same with a TURN server.
    public AccountsConfig withTurn(TurnConfig other) {
        return new AccountsConfig(
                server,
                registration,
                passwords,
                accessTokenLifetime,
                discovery,
                other,
                accountData);
    }
}
