package org.valise.platform.config;

import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;
import org.valise.platform.http.TlsConfig;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.roomversion.RoomVersion;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
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
        Http http,
        DatabaseSection database,
        Registration registration,
        Passwords passwords,
        UserDirectory userDirectory,
        Devices devices,
        Presence presence,
        RoomsSection rooms,
        Push push,
        RateLimitsSection rateLimits,
        Log log,
        Management management) {

    private static final List<String> PRIVATE_PROXIES = List.of("127.0.0.0/8", "::1/128");

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
        HttpConfig plain =
                HttpConfig.defaults()
                        .withHost(bind)
                        .withPort(port)
                        .withTrustedProxies(http.trustedProxies)
                        .withMaxConnections(http.maxConnections)
                        .withIdleTimeout(http.idleTimeout)
                        .withStopTimeout(http.stopTimeout)
                        .withAccessLog(log.access);
        return http.tls.map(plain::withTls).orElse(plain);
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
                                ValiseConfig::serverName),
                        s.optional(
                                "public_base_url",
                                "URL",
                                "Where clients reach this server, such as"
                                    + " `https://matrix.example.org`. By default `https://` and the"
                                    + " server's name.",
                                ValiseConfig::publicUrl),
                        s.parsed(
                                "bind",
                                "IP address",
                                "127.0.0.1",
                                "The address to listen on; `0.0.0.0` for all. TLS is a proxy's"
                                        + " task.",
                                ValiseConfig::address),
                        s.integer(
                                "port",
                                8008,
                                0,
                                65_535,
                                "The port to listen on; 0 takes a free one."),
                        s.parsed(
                                "data",
                                "path",
                                "./data",
                                "The folder for all that is kept: the embedded database, keys,"
                                        + " media.",
                                ValiseConfig::path),
                        Http.read(s.section("http")),
                        DatabaseSection.read(s.section("database")),
                        Registration.read(s.section("registration")),
                        Passwords.read(s.section("passwords")),
                        UserDirectory.read(s.section("user_directory")),
                        Devices.read(s.section("devices")),
                        Presence.read(s.section("presence")),
                        RoomsSection.read(s.section("rooms")),
                        Push.read(s.section("push")),
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

    /// @param maxRequestBytes the most that the body of an ordinary (JSON) request may have
    public record Http(
            List<String> trustedProxies,
            int maxConnections,
            Duration idleTimeout,
            Duration stopTimeout,
            long maxRequestBytes,
            Optional<TlsConfig> tls) {

        private static Http read(Settings s) {
            return new Http(
                    s.list(
                            "trusted_proxies",
                            PRIVATE_PROXIES,
                            "IP addresses or networks",
                            "The proxies whose `X-Forwarded-For` is believed. Whoever is on this"
                                    + " list can claim any address.",
                            ValiseConfig::network),
                    s.integer(
                            "max_connections",
                            100_000,
                            16,
                            10_000_000,
                            "Connections at a time; further ones wait."),
                    s.duration(
                            "idle_timeout",
                            Duration.ofMinutes(2),
                            Duration.ofSeconds(65),
                            Duration.ofHours(1),
                            "A silent connection is closed after this. Clients wait up to 60 s in a"
                                    + " sync, so the proxy's limit must be above that too."),
                    s.duration(
                            "stop_timeout",
                            Duration.ofSeconds(10),
                            Duration.ZERO,
                            Duration.ofMinutes(5),
                            "How long a stop waits for requests in progress."),
                    s.size(
                            "max_request_bytes",
                            1 << 20,
                            1 << 16,
                            64 << 20,
                            "The largest body of an ordinary request. Uploads of media have a limit"
                                    + " of their own."),
                    TlsSection.read(s.section("tls")));
        }
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
                                    ValiseConfig::databaseUrl),
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
    public record Registration(boolean open, List<Secret> tokens, boolean guests) {

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
                                    + " rights."));
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

    /// @param defaultVersion of rooms whose creator asks for none
    public record RoomsSection(RoomVersion defaultVersion, Encryption encryption) {
        /// Which new rooms are encrypted although the client did not ask for it.
        public enum Encryption {
            OFF,
            DIRECT,
            PRIVATE,
            ALL
        }

        private static RoomsSection read(Settings s) {
            return new RoomsSection(
                    s.parsed(
                            "default_version",
                            "room version",
                            RoomVersion.DEFAULT.id(),
                            "The version of a room whose creator asks for none. An older one only"
                                    + " where clients or other servers cannot do better.",
                            ValiseConfig::roomVersion),
                    s.choice(
                            "encryption",
                            Encryption.OFF,
                            Encryption.class,
                            "Which new rooms are encrypted although the client did not ask for it:"
                                + " none, conversations (direct or `trusted_private_chat`), also"
                                + " every other room that not everybody may join, or all. Spaces"
                                + " never are."));
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

    /// @param overrides only the limits that differ from the table
    public record RateLimitsSection(boolean enabled, Map<RateLimit, RateLimit.Rate> overrides) {
        public RateLimits limits() {
            return enabled ? RateLimits.of(overrides) : RateLimits.none();
        }

        private static RateLimitsSection read(Settings s) {
            boolean enabled =
                    s.flag(
                            "enabled",
                            true,
                            "Whether anything is limited. Turn this off for a benchmark only.");
            Map<RateLimit, RateLimit.Rate> overrides = new EnumMap<>(RateLimit.class);
            for (RateLimit limit : RateLimit.values()) {
                RateLimit.Rate usual = limit.defaultRate();
                Settings one = s.section(limit.name().toLowerCase(Locale.ROOT));
                double perSecond =
                        one.number(
                                "per_second",
                                usual.perSecond(),
                                0.0001,
                                1_000_000,
                                "So many in the long run.");
                int burst = one.integer("burst", usual.burst(), 1, 1_000_000, "So many at once.");
                RateLimit.Rate rate = new RateLimit.Rate(perSecond, burst);
                if (!rate.equals(usual)) overrides.put(limit, rate);
            }
            return new RateLimitsSection(enabled, Map.copyOf(overrides));
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
                            "Whether health (`/health`) and metrics (`/metrics`) are served, on a"
                                    + " listener of their own."),
                    s.parsed(
                            "bind",
                            "IP address",
                            "127.0.0.1",
                            "Its address. SECURITY: it asks for no password; do not expose it.",
                            ValiseConfig::address),
                    s.integer("port", 9008, 0, 65_535, "Its port; 0 takes a free one."));
        }
    }

    private static ServerName serverName(String text) {
        return ServerName.tryParse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "a DNS name or IP address, with a port if need be, such as"
                                        + " example.org or example.org:8448"));
    }

    private static RoomVersion roomVersion(String text) {
        return RoomVersion.of(text)
                .orElseThrow(() -> new IllegalArgumentException("a room version, 1 to 12"));
    }

    private static URI publicUrl(String text) {
        try {
            URI uri = new URI(text);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web
                    && uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) return uri;
        } catch (java.net.URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException("a URL such as https://matrix.example.org");
    }

    private static String databaseUrl(String text) {
        if (text.matches("(jdbc:)?postgres(ql)?://.+/.+") && !text.startsWith("jdbc:postgres:"))
            return text;
        throw new IllegalArgumentException("a URL such as postgresql://host:5432/valise");
    }

    static String address(String text) {
        try {
            return InetAddress.ofLiteral(text).getHostAddress();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "an IP address such as 127.0.0.1, 0.0.0.0 or ::1", e);
        }
    }

    private static String network(String text) {
        int slash = text.indexOf('/');
        try {
            int bits =
                    InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                                    .getAddress()
                                    .length
                            * 8;
            int wanted = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            if (wanted >= 0 && wanted <= bits) return text;
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("addresses or networks such as 10.0.0.7 or 10.0.0.0/8");
    }

    static Path path(String text) {
        try {
            if (!text.isEmpty()) return Path.of(text);
        } catch (java.nio.file.InvalidPathException e) {
            // said below
        }
        throw new IllegalArgumentException("the name of a folder");
    }
}
