package org.valise.accounts;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.accountdata.AccountDataClient;
import org.valise.accounts.accountdata.DeleteAccountDataClient;
import org.valise.accounts.accountdata.DeleteRoomAccountDataClient;
import org.valise.accounts.accountdata.DeleteRoomTagClient;
import org.valise.accounts.accountdata.RoomAccountDataClient;
import org.valise.accounts.accountdata.RoomTagsClient;
import org.valise.accounts.accountdata.SetAccountDataClient;
import org.valise.accounts.accountdata.SetRoomAccountDataClient;
import org.valise.accounts.accountdata.SetRoomTagClient;
import org.valise.accounts.changes.AccountCommits;
import org.valise.accounts.discovery.CapabilitiesClient;
import org.valise.accounts.discovery.ClientWellKnownClient;
import org.valise.accounts.discovery.SupportWellKnownClient;
import org.valise.accounts.discovery.VersionsClient;
import org.valise.accounts.filters.DefineFilterClient;
import org.valise.accounts.filters.FilterClient;
import org.valise.accounts.filters.Filters;
import org.valise.accounts.login.ChangePasswordClient;
import org.valise.accounts.login.LoginClient;
import org.valise.accounts.login.LoginFlowsClient;
import org.valise.accounts.login.PasswordChange;
import org.valise.accounts.profiles.DeleteProfileFieldClient;
import org.valise.accounts.profiles.ProfileClient;
import org.valise.accounts.profiles.ProfileFieldClient;
import org.valise.accounts.profiles.Profiles;
import org.valise.accounts.profiles.RemoteProfiles;
import org.valise.accounts.profiles.SetProfileFieldClient;
import org.valise.accounts.registration.DeactivateAccountClient;
import org.valise.accounts.registration.Deactivation;
import org.valise.accounts.registration.RegisterClient;
import org.valise.accounts.registration.Registration;
import org.valise.accounts.registration.RegistrationTokenStage;
import org.valise.accounts.registration.RegistrationTokenValidityClient;
import org.valise.accounts.registration.RegistrationTokens;
import org.valise.accounts.registration.ReservedNames;
import org.valise.accounts.registration.UsernameAvailableClient;
import org.valise.accounts.sessions.DeleteDeviceClient;
import org.valise.accounts.sessions.DeleteDevicesClient;
import org.valise.accounts.sessions.DeviceClient;
import org.valise.accounts.sessions.DevicesClient;
import org.valise.accounts.sessions.LogoutAllClient;
import org.valise.accounts.sessions.LogoutClient;
import org.valise.accounts.sessions.Sessions;
import org.valise.accounts.sessions.UpdateDeviceClient;
import org.valise.accounts.sessions.WhoamiClient;
import org.valise.accounts.uia.DummyStage;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Uia;
import org.valise.accounts.users.PasswordHasher;
import org.valise.accounts.users.PasswordLogins;
import org.valise.accounts.users.UserNumbers;
import org.valise.accounts.users.Users;
import org.valise.platform.config.Secret;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimits;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;

import java.time.Clock;
import java.util.List;

/// The front of the module: what it needs and what it offers.
///
/// It follows the stream (to forget revoked sessions) and reads its own changes for it: it must be
/// made before the stream starts.
public final class Accounts implements AutoCloseable {
    /// Where its migrations are.
    public static final String MIGRATIONS = "org/valise/accounts/migration";

    private final AccountsConfig config;
    private final UserNumbers userNumbers;
    private final Users users;
    private final PasswordLogins passwordLogins;
    private final Sessions sessions;
    private final Uia uia;
    private final RegistrationTokens registrationTokens;
    private final Registration registration;
    private final Deactivation deactivation;
    private final PasswordChange passwordChange;
    private final Profiles profiles;
    private final AccountData accountData;
    private final Filters filters;

    public Accounts(
            AccountsConfig config,
            Database database,
            OrderedCommits orderedCommits,
            Stream stream,
            RateLimits limits,
            RemoteProfiles remoteProfiles,
            ReservedNames reservedNames,
            Clock clock) {
        this.config = config;
        var commits = new AccountCommits(database, orderedCommits);
        var hasher = new PasswordHasher(config.passwordCost(), config.concurrentHashes());
        userNumbers = new UserNumbers(database);
        users = new Users(config.server(), database, commits, clock);
        passwordLogins = new PasswordLogins(users, hasher, limits);
        sessions = new Sessions(database, commits, clock);
        registrationTokens =
                new RegistrationTokens(
                        database,
                        clock,
                        config.registrationTokens().stream().map(Secret::reveal).toList());
        uia =
                new Uia(
                        database,
                        clock,
                        List.of(
                                new PasswordStage(passwordLogins),
                                new DummyStage(),
                                new RegistrationTokenStage(registrationTokens)));
        profiles = new Profiles(database, commits, users, remoteProfiles);
        accountData = new AccountData(database, commits);
        filters = new Filters(database);
        registration =
                new Registration(
                        database,
                        users,
                        userNumbers,
                        hasher,
                        config.passwordRules(),
                        registrationTokens,
                        reservedNames);
        deactivation = new Deactivation(commits, users, sessions, profiles, accountData, uia);
        passwordChange = new PasswordChange(commits, users, sessions, hasher, uia);
        stream.read(commits);
        stream.follow(sessions);
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new VersionsClient(),
                new CapabilitiesClient(config.defaultRoomVersion()),
                new ClientWellKnownClient(config.clientWellKnown()),
                new SupportWellKnownClient(config.supportWellKnown()),
                new LoginFlowsClient(),
                new LoginClient(passwordLogins, sessions, config.clientWellKnown()),
                new RegisterClient(registration, sessions, uia, config.openRegistration()),
                new UsernameAvailableClient(registration),
                new RegistrationTokenValidityClient(registrationTokens),
                new LogoutClient(sessions),
                new LogoutAllClient(sessions),
                new WhoamiClient(),
                new ChangePasswordClient(passwordChange, config.passwordRules(), users, uia),
                new DeactivateAccountClient(deactivation, users, uia),
                new DevicesClient(sessions),
                new DeviceClient(sessions),
                new UpdateDeviceClient(sessions),
                new DeleteDeviceClient(sessions, uia),
                new DeleteDevicesClient(sessions, uia),
                new ProfileClient(profiles),
                new ProfileFieldClient(profiles),
                new SetProfileFieldClient(profiles),
                new DeleteProfileFieldClient(profiles),
                new AccountDataClient(accountData),
                new SetAccountDataClient(accountData),
                new DeleteAccountDataClient(accountData),
                new RoomAccountDataClient(accountData),
                new SetRoomAccountDataClient(accountData),
                new DeleteRoomAccountDataClient(accountData),
                new RoomTagsClient(accountData),
                new SetRoomTagClient(accountData),
                new DeleteRoomTagClient(accountData),
                new DefineFilterClient(filters),
                new FilterClient(filters));
    }

    public UserNumbers userNumbers() {
        return userNumbers;
    }

    public Users users() {
        return users;
    }

    /// Also who authenticates the requests of clients.
    public Sessions sessions() {
        return sessions;
    }

    public Uia uia() {
        return uia;
    }

    public Registration registration() {
        return registration;
    }

    public RegistrationTokens registrationTokens() {
        return registrationTokens;
    }

    public Profiles profiles() {
        return profiles;
    }

    public AccountData accountData() {
        return accountData;
    }

    public Filters filters() {
        return filters;
    }

    /// Writes what is still pending; the database must still be open.
    @Override
    public void close() {
        sessions.flush();
    }
}
