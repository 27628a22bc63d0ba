package org.valise.platform.config;

import org.valise.platform.http.HttpConfig;
import org.valise.protocol.id.ServerName;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that an operator may set. A key, its type, default, range and meaning are one line in a
/// `read` method below; the reference and the check for unknown keys follow from it.
public record ValiseConfig(
        ServerName serverName,
        Optional<URI> publicBaseUrl,
        String bind,
        int port,
        Path data,
        HttpSection http,
        FederationSection federation,
        DatabaseSection database,
        Registration registration,
        Sessions sessions,
        Passwords passwords,
        AccountDataSection accountData,
        UserDirectory userDirectory,
        Devices devices,
        Presence presence,
        RoomsSection rooms,
        Push push,
        SupportSection support,
        TurnSection turn,
        RateLimitsSection rateLimits,
        Log log,
        Management management) {

    /// Reads the file, if there is one, the environment and the command line's options (by key,
    /// such as `database.url`).
    ///
    /// @throws ConfigException with every fault
    public static ValiseConfig load(
            Optional<Path> file, Map<String, String> environment, Map<String, String> options) {
        return ConfigLoader.load(file, environment, options);
    }

    /// The defaults with some keys set: for tests.
    public static ValiseConfig of(Map<String, String> options) {
        return ConfigLoader.load(Optional.empty(), Map.of(), options);
    }

    /// Where clients reach the server: what was set, else a guess from the server's name.
    public URI publicUrl() {
        return publicBaseUrl.orElseGet(() ->
                serverName.host().equals("localhost")
                        ? URI.create("http://localhost:" + port)
                        : URI.create("https://" + serverName.value()));
    }

    /// How the HTTP server listens.
    public HttpConfig listener() {
        HttpConfig listener = plainListener();
        return http.tls().map(listener::withTls).orElse(listener);
    }

    private HttpConfig plainListener() {
        return HttpConfig.defaults()
                .withHost(bind)
                .withPort(port)
                .withTrustedProxies(http.trustedProxies())
                .withMaxConnections(http.maxConnections())
                .withIdleTimeout(http.idleTimeout())
                .withStopTimeout(http.stopTimeout())
                .withMaxBody(http.maxRequestBytes())
                .withGzip(http.gzip())
                .withAccessLog(log.access);
    }

    static ValiseConfig read(Settings s) {
        ValiseConfig config =
                new ValiseConfig(
                        s.parsed(
                                "server_name",
                                "server name",
                                "localhost",
                                "The part after the colon in every user's id. It can never be"
                                        + " changed once there are users.",
                                Values::serverName),
                        s.optional(
                                "public_base_url",
                                "URL",
                                "Where clients reach this server, such as"
                                    + " `https://matrix.example.org`. By default `https://` and the"
                                    + " server's name.",
                                Values::publicUrl),
                        s.parsed(
                                "bind",
                                "IP address",
                                "127.0.0.1",
                                "The address to listen on; `0.0.0.0` for all. With TLS only if"
                                        + " `http.tls` says so: it is usually a proxy's task.",
                                Values::address),
                        s.integer("port", 8008, 0, 65_535, "Its port; 0 takes a free one."),
                        s.parsed(
                                "data",
                                "path",
                                "./data",
                                "The folder for all that is kept: the embedded database, keys,"
                                        + " media.",
                                Values::path),
                        HttpSection.read(s.section("http")),
                        FederationSection.read(s.section("federation")),
                        DatabaseSection.read(s.section("database")),
                        Registration.read(s.section("registration")),
                        Sessions.read(s.section("sessions")),
                        Passwords.read(s.section("passwords")),
                        AccountDataSection.read(s.section("account_data")),
                        UserDirectory.read(s.section("user_directory")),
                        Devices.read(s.section("devices")),
                        Presence.read(s.section("presence")),
                        RoomsSection.read(s.section("rooms")),
                        Push.read(s.section("push")),
                        SupportSection.read(s.section("support")),
                        TurnSection.read(s.section("turn")),
                        RateLimitsSection.read(s.section("rate_limits")),
                        Log.read(s.section("log")),
                        Management.read(s.section("management")));
        if (config.management.enabled
                && config.port != 0
                && config.port == config.management.port) {
            s.fault(
                    "port and management.port are both %d: they must differ."
                            .formatted(config.port));
        }
        return config;
    }

    /// @param url empty: the embedded server
    public record DatabaseSection(
            Optional<String> url,
            String user,
            Secret password,
            int poolSize,
            Duration statementTimeout,
            Duration lockTimeout,
            Duration idleInTransactionTimeout,
            int embeddedSharedBuffersMb) {

        @Override
        public String toString() {
            return "DatabaseSection[url=%s, user=%s, password=%s, poolSize=%d]"
                    .formatted(
                            url.map(Secret::masked).orElse("embedded"), user, password, poolSize);
        }

        private static DatabaseSection read(Settings s) {
            Settings embedded = s.section("embedded");
            DatabaseSection section =
                    new DatabaseSection(
                            s.optional(
                                    "url",
                                    "URL",
                                    "A PostgreSQL server, 15 or newer:"
                                        + " `postgresql://host:5432/valise`. By default Valise runs"
                                        + " its own, in the data folder. Through PgBouncer only in"
                                        + " session mode.",
                                    Values::databaseUrl),
                            s.text("user", "", "The user for `database.url`."),
                            s.secret("password", "The password for `database.url`."),
                            s.integer(
                                    "pool_size",
                                    10,
                                    3,
                                    500,
                                    "Connections at most. Twice the database server's cores is a"
                                            + " good number; more is slower."),
                            s.duration(
                                    "statement_timeout",
                                    Duration.ofSeconds(30),
                                    Duration.ofSeconds(1),
                                    Duration.ofHours(1),
                                    "A statement that runs longer is ended."),
                            s.duration(
                                    "lock_timeout",
                                    Duration.ofSeconds(10),
                                    Duration.ofMillis(100),
                                    Duration.ofHours(1),
                                    "A statement that waits longer for a lock is ended."),
                            s.duration(
                                    "idle_in_transaction_timeout",
                                    Duration.ofSeconds(15),
                                    Duration.ofSeconds(1),
                                    Duration.ofHours(1),
                                    "A transaction whose node has stalled this long is ended, so"
                                            + " that the others go on."),
                            (int)
                                    (embedded.size(
                                                    "shared_buffers",
                                                    96L << 20,
                                                    16L << 20,
                                                    64L << 30,
                                                    "The embedded server's own cache. A quarter of"
                                                            + " the memory is a good number on a"
                                                            + " machine that does nothing else.")
                                            >> 20));
            if (section.url.isEmpty()
                    && (!section.user.isEmpty() || section.password.isPresent())) {
                s.fault("database.user and database.password mean nothing without database.url.");
            }
            return section;
        }
    }

    /// @param tokens whoever has one of them may register even when registration is closed
    /// @param terms JSON: the policies that whoever registers must accept
    public record Registration(
            boolean open, List<Secret> tokens, boolean guests, Optional<Path> terms) {

        private static Registration read(Settings s) {
            return new Registration(
                    s.flag("open", false, "Anybody who reaches the server may make an account."),
                    s.secrets(
                            "tokens",
                            "Words with which somebody may make an account although registration is"
                                    + " closed."),
                    s.flag(
                            "guests",
                            false,
                            "Clients may get accounts without a name or password, with few"
                                    + " rights."),
                    s.optional(
                            "terms",
                            "path",
                            "What people must accept to register: a JSON file with an object"
                                    + " `policies`, as the specification has it for `m.login.terms`"
                                    + " (`{\"policies\": {\"privacy\": {\"version\": \"1\", \"en\":"
                                    + " {\"name\": …, \"url\": …}}}}`).",
                            Values::path));
        }
    }

    /// @param accessTokenLifetime of clients that can refresh their tokens; others' do not expire
    public record Sessions(Duration accessTokenLifetime) {

        private static Sessions read(Settings s) {
            return new Sessions(
                    s.duration(
                            "access_token_lifetime",
                            Duration.ofHours(1),
                            Duration.ofSeconds(5),
                            Duration.ofDays(365),
                            "How long the access token of a client is good that can refresh it."
                                    + " Clients that cannot keep theirs until they log out."));
        }
    }

    /// The cost of one password hash (Argon2id), and of many at once.
    public record Passwords(
            int memoryKib, int iterations, int parallelism, int concurrent, int minimumLength) {

        private static Passwords read(Settings s) {
            return new Passwords(
                    (int)
                            (s.size(
                                            "hash_memory",
                                            19L << 20,
                                            8L << 20,
                                            1L << 30,
                                            "Memory for one password hash (Argon2id).")
                                    >> 10),
                    s.integer("hash_iterations", 2, 1, 100, "Passes over that memory."),
                    s.integer("hash_parallelism", 1, 1, 16, "Lanes of one hash."),
                    s.integer(
                            "hash_concurrent",
                            2,
                            1,
                            64,
                            "Hashes at a time: this times `hash_memory` is what sign-ins may"
                                    + " take."),
                    s.integer("minimum_length", 8, 1, 256, "Shorter new passwords are refused."));
        }
    }

    /// @param everybody whether a search finds people with whom one shares no room
    public record UserDirectory(boolean enabled, boolean everybody) {

        private static UserDirectory read(Settings s) {
            return new UserDirectory(
                    s.flag("enabled", true, "Users may search for people."),
                    s.flag(
                            "everybody",
                            false,
                            "A search finds all local users, not only those in public rooms or"
                                    + " rooms one is in."));
        }
    }

    /// @param showNames whether others see how users call their devices
    public record Devices(boolean showNames) {

        private static Devices read(Settings s) {
            return new Devices(
                    s.flag(
                            "show_names",
                            true,
                            "Everybody who asks for a user's devices is told what the user calls"
                                    + " them. Users always see their own."));
        }
    }

    /// Whether people see who is there.
    public record Presence(boolean enabled, Duration idleAfter, Duration offlineAfter) {

        private static Presence read(Settings s) {
            return new Presence(
                    s.flag(
                            "enabled",
                            true,
                            "Users who share a room see whether the other is there. It costs work"
                                    + " on servers with many users in the same rooms."),
                    s.duration(
                            "idle_after",
                            Duration.ofMinutes(5),
                            Duration.ofMillis(100),
                            Duration.ofDays(1),
                            "Whoever does nothing for so long is shown as away."),
                    s.duration(
                            "offline_after",
                            Duration.ofMinutes(1),
                            Duration.ofMillis(100),
                            Duration.ofHours(1),
                            "A device that does not sync for so long is gone."));
        }
    }

    /// @param legacyMentions whether a name in the body of an event without `m.mentions` counts as
    ///   a mention
    public record Push(boolean legacyMentions) {

        private static Push read(Settings s) {
            return new Push(
                    s.flag(
                            "legacy_mentions",
                            false,
                            "A name or `@room` in the text of a message that does not say whom it"
                                    + " mentions is a mention, as before version 1.17: for rooms"
                                    + " that bridges and old clients write to."));
        }
    }

    public record Log(Format format, Level level, boolean access) {
        public enum Format {
            TEXT,
            JSON
        }

        public enum Level {
            ERROR,
            WARN,
            INFO,
            DEBUG
        }

        private static Log read(Settings s) {
            return new Log(
                    s.choice(
                            "format",
                            Format.TEXT,
                            Format.class,
                            "Lines for people, or one JSON object a line for a collector."),
                    s.choice("level", Level.INFO, Level.class, "What is logged."),
                    s.flag("access", true, "Every request is logged, without its query and body."));
        }
    }

    /// Health and metrics, on a listener of its own that nobody outside should reach.
    public record Management(boolean enabled, String bind, int port) {

        private static Management read(Settings s) {
            return new Management(
                    s.flag(
                            "enabled",
                            true,
                            "Whether health (`/health`), readiness (`/ready`) and metrics"
                                    + " (`/metrics`) are served, on a listener of their own."),
                    s.parsed(
                            "bind",
                            "IP address",
                            "127.0.0.1",
                            "Its address. SECURITY: it asks for no password; do not expose it.",
                            Values::address),
                    s.integer("port", 9008, 0, 65_535, "Its port; 0 takes a free one."));
        }
    }
}
