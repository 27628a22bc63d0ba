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
import org.valise.accounts.administration.LockAdmin;
import org.valise.accounts.administration.SetLockAdmin;
import org.valise.accounts.administration.SetSuspensionAdmin;
import org.valise.accounts.administration.SuspensionAdmin;
import org.valise.accounts.administration.WhoIsAdmin;
import org.valise.accounts.calls.TurnServerClient;
import org.valise.accounts.changes.AccountCommits;
import org.valise.accounts.changes.ChangeTrimWorker;
import org.valise.accounts.discovery.CapabilitiesClient;
import org.valise.accounts.discovery.ClientWellKnownClient;
import org.valise.accounts.discovery.SupportWellKnownClient;
import org.valise.accounts.discovery.VersionsClient;
import org.valise.accounts.fallback.CompleteStageFallbackClient;
import org.valise.accounts.fallback.FallbackFileClient;
import org.valise.accounts.fallback.LoginFallbackClient;
import org.valise.accounts.fallback.StageFallbackClient;
import org.valise.accounts.filters.DefineFilterClient;
import org.valise.accounts.filters.FilterClient;
import org.valise.accounts.filters.Filters;
import org.valise.accounts.login.ChangePasswordClient;
import org.valise.accounts.login.GenerateLoginTokenClient;
import org.valise.accounts.login.LoginClient;
import org.valise.accounts.login.LoginFlowsClient;
import org.valise.accounts.login.LoginTokens;
import org.valise.accounts.login.PasswordChange;
import org.valise.accounts.openid.OpenIdTokens;
import org.valise.accounts.openid.RequestOpenIdTokenClient;
import org.valise.accounts.openid.UserInfoFederation;
import org.valise.accounts.profiles.DeleteProfileFieldClient;
import org.valise.accounts.profiles.ProfileClient;
import org.valise.accounts.profiles.ProfileFederation;
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
import org.valise.accounts.registration.TermsStage;
import org.valise.accounts.registration.UsernameAvailableClient;
import org.valise.accounts.reports.ReportUserClient;
import org.valise.accounts.reports.Reports;
import org.valise.accounts.reports.ReportsAdmin;
import org.valise.accounts.sessions.DeleteDeviceClient;
import org.valise.accounts.sessions.DeleteDevicesClient;
import org.valise.accounts.sessions.DeviceClient;
import org.valise.accounts.sessions.DeviceDeletion;
import org.valise.accounts.sessions.DevicesClient;
import org.valise.accounts.sessions.LogoutAllClient;
import org.valise.accounts.sessions.LogoutClient;
import org.valise.accounts.sessions.RefreshClient;
import org.valise.accounts.sessions.Sessions;
import org.valise.accounts.sessions.UpdateDeviceClient;
import org.valise.accounts.sessions.WhoamiClient;
import org.valise.accounts.thirdparty.ThirdPartyEndpoints;
import org.valise.accounts.uia.DummyStage;
import org.valise.accounts.uia.PasswordStage;
import org.valise.accounts.uia.Stage;
import org.valise.accounts.uia.StagePages;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// The front of the module: what it needs and what it offers.
///
/// It follows the stream (to forget revoked sessions) and reads its own changes for it: it must be
/// made before the stream starts.
public final class Accounts implements AutoCloseable {
    /// Where its migrations are.
    public static final String MIGRATIONS = "org/valise/accounts/migration";

    private final AccountsConfig config;
    private final Database database;
    private final Clock clock;
    private final UserNumbers userNumbers;
    private final Users users;
    private final PasswordLogins passwordLogins;
    private final Sessions sessions;
    private final Uia uia;
    private final StagePages stagePages;
    private final RegistrationTokens registrationTokens;
    private final Registration registration;
    private final Deactivation deactivation;
    private final PasswordChange passwordChange;
    private final LoginTokens loginTokens;
    private final OpenIdTokens openIdTokens;
    private final Reports reports;
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
        this.database = database;
        var commits = new AccountCommits(database, orderedCommits);
        this.clock = clock;
        var hasher =
                new PasswordHasher(
                        config.passwords().cost(), config.passwords().concurrentHashes());
        userNumbers = new UserNumbers(database);
        users = new Users(config.server(), database, commits, clock);
        passwordLogins = new PasswordLogins(users, hasher, limits);
        sessions = new Sessions(database, commits, clock, config.accessTokenLifetime());
        registrationTokens =
                new RegistrationTokens(
                        database,
                        clock,
                        config.registration().tokens().stream().map(Secret::reveal).toList());
        List<Stage> stages =
                List.of(
                        new PasswordStage(passwordLogins),
                        new DummyStage(),
                        new RegistrationTokenStage(registrationTokens),
                        new TermsStage(config.registration().terms()));
        uia = new Uia(database, commits, clock, stages);
        stagePages = new StagePages(database, clock, userNumbers, stages);
        loginTokens = new LoginTokens(database, users, uia, clock);
        openIdTokens = new OpenIdTokens(database, clock);
        reports = new Reports(database, clock);
        profiles = new Profiles(database, commits, users, remoteProfiles);
        accountData = new AccountData(database, commits, config.accountData());
        filters = new Filters(database);
        registration = registration(hasher, reservedNames);
        deactivation = new Deactivation(users, sessions, profiles, accountData, filters, uia);
        passwordChange = new PasswordChange(users, sessions, hasher, uia);
        stream.read(commits);
        stream.follow(sessions);
    }

    private Registration registration(PasswordHasher hasher, ReservedNames reservedNames) {
        return new Registration(
                database,
                users,
                userNumbers,
                hasher,
                config.passwords().rules(),
                registrationTokens,
                reservedNames,
                uia,
                clock);
    }

    public List<Endpoint> endpoints() {
        var all = new ArrayList<Endpoint>();
        all.addAll(discoveryEndpoints());
        all.addAll(sessionEndpoints());
        all.addAll(fallbackEndpoints());
        all.addAll(accountEndpoints());
        all.addAll(dataEndpoints());
        all.addAll(ThirdPartyEndpoints.all());
        all.addAll(administrationEndpoints());
        return all;
    }

    private List<Endpoint> discoveryEndpoints() {
        return List.of(
                new VersionsClient(),
                new CapabilitiesClient(config.discovery().defaultRoomVersion()),
                new ClientWellKnownClient(config.discovery().client()),
                new SupportWellKnownClient(config.discovery().support()),
                new TurnServerClient(config.turn(), clock),
                new RequestOpenIdTokenClient(openIdTokens),
                new UserInfoFederation(openIdTokens));
    }

    private List<Endpoint> sessionEndpoints() {
        var deviceDeletion = new DeviceDeletion(sessions, uia);
        return List.of(
                new LoginFlowsClient(),
                new LoginClient(passwordLogins, loginTokens, sessions, config.discovery().client()),
                new GenerateLoginTokenClient(loginTokens, uia),
                new RefreshClient(sessions),
                new LogoutClient(sessions),
                new LogoutAllClient(sessions),
                new WhoamiClient(),
                new DevicesClient(sessions),
                new DeviceClient(sessions),
                new UpdateDeviceClient(sessions),
                new DeleteDeviceClient(deviceDeletion),
                new DeleteDevicesClient(deviceDeletion));
    }

    private List<Endpoint> fallbackEndpoints() {
        return List.of(
                new LoginFallbackClient(),
                new StageFallbackClient(stagePages),
                new CompleteStageFallbackClient(stagePages),
                new FallbackFileClient());
    }

    private List<Endpoint> accountEndpoints() {
        return List.of(
                new RegisterClient(registration, sessions, uia, config.registration()),
                new UsernameAvailableClient(registration),
                new RegistrationTokenValidityClient(registrationTokens),
                new ChangePasswordClient(passwordChange, config.passwords().rules(), users, uia),
                new DeactivateAccountClient(deactivation, users, uia),
                new ReportUserClient(reports, users, userNumbers));
    }

    private List<Endpoint> dataEndpoints() {
        return List.of(
                new ProfileClient(profiles),
                new ProfileFieldClient(profiles),
                new ProfileFederation(profiles, users),
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

    private List<Endpoint> administrationEndpoints() {
        return List.of(
                new WhoIsAdmin(users, sessions),
                new SuspensionAdmin(users),
                new SetSuspensionAdmin(users),
                new LockAdmin(users),
                new SetLockAdmin(users),
                new ReportsAdmin(reports));
    }

    /// What keeps the log of changes small; to be started, and closed, by whoever runs the server.
    ///
    /// @param followers each says the position up to which it needs nothing of the log any more
    public ChangeTrimWorker trimming(List<LongSupplier> followers) {
        return new ChangeTrimWorker(database, clock, followers);
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

    public Reports reports() {
        return reports;
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
