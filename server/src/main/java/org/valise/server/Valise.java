package org.valise.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.accounts.Accounts;
import org.valise.accounts.profiles.FederatedProfiles;
import org.valise.accounts.profiles.Profile;
import org.valise.accounts.profiles.Profiles;
import org.valise.accounts.registration.ReservedNames;
import org.valise.devices.Devices;
import org.valise.federation.Federation;
import org.valise.federation.inbound.EduReceiver;
import org.valise.federation.inbound.Inbox;
import org.valise.federation.peers.Peers;
import org.valise.platform.config.ValiseConfig;
import org.valise.platform.database.Database;
import org.valise.platform.database.Migrations;
import org.valise.platform.http.Authenticator;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.HttpPorts;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RateLimits;
import org.valise.platform.http.Route;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.Freshness;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamListener;
import org.valise.platform.telemetry.HttpMetrics;
import org.valise.platform.telemetry.JvmMetrics;
import org.valise.platform.telemetry.ManagementServer;
import org.valise.platform.telemetry.Metrics;
import org.valise.platform.telemetry.Readiness;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.DefaultRules;
import org.valise.push.Push;
import org.valise.push.counts.TimelineUnread;
import org.valise.push.notifications.NotificationsClient;
import org.valise.rooms.Rooms;
import org.valise.rooms.creation.DefaultEncryption;
import org.valise.rooms.presence.PresenceConfig;
import org.valise.rooms.sending.EncryptionStays;
import org.valise.rooms.userdirectory.SearchUserDirectoryClient;
import org.valise.rooms.userdirectory.UserDirectory;
import org.valise.rooms.userdirectory.UserDirectoryConfig;
import org.valise.server.page.IndexPage;
import org.valise.sync.Sync;

import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One server: everything it consists of, put together in the order of the modules and closed the
/// other way round.
///
/// There is no static state: a process can hold several.
public final class Valise implements AutoCloseable {
    /// Where each module's migrations lie, in the order of the modules.
    static final List<String> MIGRATIONS =
            List.of(
                    "org/valise/platform/migration",
                    Federation.MIGRATIONS,
                    Accounts.MIGRATIONS,
                    Rooms.MIGRATIONS,
                    Devices.MIGRATIONS,
                    Push.MIGRATIONS);

    /// The process's exit status: to be started again.
    private static final int LOST_HISTORY = 75;

    private static final Logger LOG = LoggerFactory.getLogger(Valise.class);

    private final Closing closing = new Closing();
    private final Database database;
    private final Federation federation;
    private final Accounts accounts;
    private final HttpServer http;

    private Valise(ValiseConfig config) {
        try {
            Clock clock = Clock.systemUTC();
            Metrics metrics = new Metrics();
            RateLimits limits = config.rateLimits().limits();

            database = closing.add(Database.start(config));
            Migrations.run(database, MIGRATIONS);
            Stream stream = new Stream(database);
            stream.onLost(Valise::stop);
            OrderedCommits commits = closing.add(new OrderedCommits(database, stream));
            EphemeralOrder ephemeral = closing.add(new EphemeralOrder(database));

            federation =
                    closing.add(
                            new Federation(
                                    database,
                                    config.serverName(),
                                    config.federation(),
                                    version(),
                                    clock));
            accounts =
                    closing.add(
                            new Accounts(
                                    AccountSettings.of(config),
                                    database,
                                    commits,
                                    stream,
                                    limits,
                                    new FederatedProfiles(federation.client()),
                                    ReservedNames.NONE,
                                    clock));

            Rooms rooms =
                    closing.add(
                            new Rooms(
                                    new Rooms.Needs(
                                            database,
                                            stream,
                                            commits,
                                            accounts.userNumbers(),
                                            federation,
                                            user -> memberProfile(accounts.profiles(), user),
                                            OpaqueIds::next,
                                            new EncryptionStays(),
                                            config.rooms().defaultVersion(),
                                            DefaultEncryption.valueOf(
                                                    config.rooms().encryption().name()),
                                            accounts.accountData(),
                                            limits,
                                            ephemeral,
                                            presenceConfig(config.presence()),
                                            accounts.users()::isOpen)));
            Devices devices =
                    closing.add(
                            new Devices(
                                    new Devices.Needs(
                                            database,
                                            stream,
                                            commits,
                                            accounts,
                                            rooms,
                                            federation,
                                            config.devices().showNames())));
            TimelineUnread timeline = new TimelineUnread(rooms);
            Push push = new Push(database, stream, commits, pushRules(config), timeline);
            Sync sync =
                    new Sync(
                            stream,
                            rooms,
                            devices,
                            push,
                            accounts.userNumbers(),
                            accounts.accountData(),
                            accounts.filters());
            rooms.upgrades().carry(push.rules()::followUpgrade);
            UserDirectory userDirectory = closing.add(rooms.userDirectory(accounts.profiles()));
            stream.follow(userDirectory);
            stream.start();
            commits.start();
            ephemeral.start();
            closing.add(rooms.pruning()).start();
            closing.add(
                            accounts.trimming(
                                    List.of(
                                            rooms::accountsFollowed,
                                            devices::accountsFollowed,
                                            userDirectory::followed)))
                    .start();
            rooms.catchUp();
            devices.catchUp();
            userDirectory.wake();
            if (config.database().url().isPresent()) {
                closing.add(federation.followNodes());
            }
            Authenticator authenticator =
                    config.database().url().isPresent()
                            ? shared(database, stream, ephemeral, accounts.sessions())
                            : accounts.sessions();

            List<Endpoint> endpoints = new ArrayList<>(federation.endpoints());
            endpoints.addAll(accounts.endpoints());
            endpoints.addAll(rooms.endpoints());
            endpoints.addAll(rooms.reporting(accounts.reports()));
            endpoints.add(
                    new SearchUserDirectoryClient(
                            userDirectory,
                            new UserDirectoryConfig(
                                    config.userDirectory().enabled(),
                                    config.userDirectory().everybody()),
                            accounts.profiles(),
                            accounts.userNumbers()));
            endpoints.addAll(devices.endpoints());
            endpoints.addAll(push.endpoints());
            endpoints.add(new NotificationsClient(rooms, stream, push.rules(), timeline));
            endpoints.addAll(sync.endpoints());
            endpoints.add(
                    new IndexPage(
                            federation.keys().server(), config.registration().open(), version()));
            List<EduReceiver> edus = new ArrayList<>(rooms.edus());
            edus.addAll(devices.receivers());
            Inbox inbox = closing.add(federation.inbox(rooms.pdus(), edus));
            endpoints.add(inbox.endpoint());
            inbox.start();
            inbox.watch(metrics);
            federation.watch(metrics);
            HttpPorts ports =
                    HttpPorts.of(authenticator, limits).withServers(federation.authenticator());
            http = closing.add(serve(config, endpoints, ports, metrics));
            if (config.management().enabled()) {
                closing.add(manage(config.management(), stream, metrics));
            }
        } catch (RuntimeException | Error e) {
            closing.close();
            throw e;
        }
    }

    /// The operator's database may serve several nodes: this one follows the others, and answers no
    /// request before it knows what they had acknowledged when it came.
    private Authenticator shared(
            Database database, Stream stream, EphemeralOrder ephemeral, Authenticator sessions) {
        StreamListener listener = closing.add(new StreamListener(database, stream, ephemeral));
        Freshness freshness = closing.add(new Freshness(stream));
        listener.start();
        freshness.start();
        return new SharedDatabaseAuthenticator(freshness, sessions);
    }

    /// A node must not go on with what the database has lost; whoever runs it starts it again.
    private static void stop() {
        LOG.error(
                "The database has lost what this node has in memory: it was restored, or a standby"
                        + " that lagged behind has taken over. Stopping; start the server again.");
        System.exit(LOST_HISTORY);
    }

    private static JsonObject memberProfile(Profiles profiles, UserId user) {
        return profiles.find(user).orElse(Profile.EMPTY).memberFields();
    }

    private static PresenceConfig presenceConfig(ValiseConfig.Presence config) {
        return new PresenceConfig(config.enabled(), config.idleAfter(), config.offlineAfter());
    }

    private static DefaultRules pushRules(ValiseConfig config) {
        return config.push().legacyMentions()
                ? DefaultRules.WITH_LEGACY_MENTIONS
                : DefaultRules.SPECIFIED;
    }

    private static HttpServer serve(
            ValiseConfig config, List<Endpoint> endpoints, HttpPorts ports, Metrics metrics) {
        HttpServer server =
                new HttpServer(
                        config.listener(), endpoints, ports.withObserver(new HttpMetrics(metrics)));
        HttpMetrics.watch(server, metrics);
        return server.start();
    }

    private ManagementServer manage(
            ValiseConfig.Management config, Stream stream, Metrics metrics) {
        JvmMetrics.register(metrics);
        Readiness readiness =
                new Readiness()
                        .add("database", stream::lastPosition)
                        .add(
                                "accepting",
                                () -> {
                                    if (http.draining().isStarted()) {
                                        throw new IllegalStateException("stopping");
                                    }
                                });
        HttpConfig listener = HttpConfig.defaults().withHost(config.bind()).withPort(config.port());
        return new ManagementServer(listener, metrics, readiness).start();
    }

    /// Starts a server; returns when it is ready to serve.
    public static Valise start(ValiseConfig config) {
        return new Valise(config);
    }

    /// Where it is reached from this machine.
    public URI uri() {
        return http.uri();
    }

    /// How many statements it has run: tests assert with it that a path asks nothing.
    long statements() {
        return database.statements();
    }

    /// Who may federate with it.
    public Peers peers() {
        return federation.peers();
    }

    /// What it serves.
    public List<Route> routes() {
        return http.routes();
    }

    /// On a server without accounts: what makes the first administrator, once.
    public Optional<String> firstAdministratorToken() {
        return accounts.registration().firstAdministratorToken();
    }

    /// Finishes what was accepted, then stops.
    @Override
    public void close() {
        closing.close();
    }

    static String version() {
        String version = Valise.class.getPackage().getImplementationVersion();
        return version == null ? "(development)" : version;
    }
}
