package org.valise.server;

import org.jspecify.annotations.Nullable;
import org.valise.federation.keys.ForeignDatabase;
import org.valise.platform.config.ConfigException;
import org.valise.platform.config.ConfigReference;
import org.valise.platform.config.ValiseConfig;
import org.valise.platform.crypto.NativeCryptography;
import org.valise.platform.database.DatabaseException;
import org.valise.platform.http.CannotListen;
import org.valise.platform.telemetry.LogConfig;
import org.valise.platform.telemetry.Logging;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/// The command line: options become configuration keys, faults become sentences and exit codes.
@Command(
        name = "valise",
        description = "A Matrix homeserver.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        separator = " ",
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Options win over the environment (VALISE_PORT, VALISE_DATABASE_URL …), the environment"
                    + " over the file.",
            "Exit codes: 0 stopped, 1 could not start, 2 wrong options or configuration."
        })
public final class Main implements Callable<Integer> {
    private static final Path DEFAULT_FILE = Path.of("valise.yaml");

    private static final int STOPPED = 0;
    private static final int COULD_NOT_START = 1;
    private static final int WRONG_CONFIGURATION = 2;

    @Option(
            names = "--server-name",
            paramLabel = "NAME",
            description =
                    "The part after the colon in every user id; never changes (default:"
                            + " localhost).")
    private @Nullable String serverName;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port to listen on (default: 8008).")
    private @Nullable String port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "The address to listen on (default: 127.0.0.1).")
    private @Nullable String bind;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Where everything is kept (default: ./data).")
    private @Nullable String data;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration file (default: ./valise.yaml, if there is one).")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set any configuration key; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--open-registration", description = "Let anybody register: for trials.")
    private boolean openRegistration;

    @Option(names = "--no-rate-limits", description = "Limit nothing: for benchmarks.")
    private boolean noRateLimits;

    @Option(
            names = "--help-config",
            description = "Print every configuration key with its meaning and default.")
    private boolean helpConfig;

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    private Main(PrintStream out, PrintStream err, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /// Runs the server until it is told to stop.
    public static void main(String... arguments) {
        System.exit(run(System.out, System.err, System.getenv(), arguments));
    }

    static int run(
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            String... arguments) {
        return new CommandLine(new Main(out, err, environment))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Override
    public Integer call() {
        if (helpConfig) {
            out.print(ConfigReference.yaml());
            return STOPPED;
        }
        try {
            return serve(configuration());
        } catch (ConfigException e) {
            err.println(e.getMessage());
            return WRONG_CONFIGURATION;
        } catch (ForeignDatabase | DatabaseException | CannotListen e) {
            err.println("Valise cannot start: " + e.getMessage());
            return COULD_NOT_START;
        }
    }

    private int serve(ValiseConfig config) {
        Logging.configure(logging(config.log()));
        NativeCryptography.prefer();
        var valise = Valise.start(config);
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("stop")
                                .unstarted(() -> {
                                    valise.close();
                                    Logging.flush();
                                    stopped.countDown();
                                }));
        announce(valise, config);
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return STOPPED;
    }

    /// Libraries that tell of their every start at INFO are heard only at DEBUG.
    private static LogConfig logging(ValiseConfig.Log log) {
        Map<String, String> quiet =
                log.level() == ValiseConfig.Log.Level.DEBUG
                        ? Map.of()
                        : Map.of("com.zaxxer.hikari", "WARN", "org.flywaydb", "WARN");
        return new LogConfig(
                LogConfig.Format.valueOf(log.format().name()), log.level().name(), quiet);
    }

    private void announce(Valise valise, ValiseConfig config) {
        out.printf(
                "Valise %s serves %s at %s (ready in %d ms)%n",
                Valise.version(), config.serverName(), valise.uri(), sinceStart().toMillis());
        valise.firstAdministratorToken()
                .ifPresent(token ->
                        out.printf(
                                """
                                There is no account yet. Register with this token to become the administrator:

                                    %s

                                """,
                                token));
    }

    private static Duration sinceStart() {
        Instant started = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
        return Duration.between(started, Instant.now());
    }

    private ValiseConfig configuration() {
        Map<String, String> options = new LinkedHashMap<>(settings);
        put(options, "server_name", serverName);
        put(options, "port", port);
        put(options, "bind", bind);
        put(options, "data", data);
        put(options, "registration.open", openRegistration ? "true" : null);
        put(options, "rate_limits.enabled", noRateLimits ? "false" : null);
        Optional<Path> chosen =
                Optional.ofNullable(file).or(() -> Optional.of(DEFAULT_FILE).filter(Files::exists));
        return ValiseConfig.load(chosen, environment, options);
    }

    private static void put(Map<String, String> options, String key, @Nullable String value) {
        if (value != null) {
            options.put(key, value);
        }
    }

    /// For `--version`.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Valise " + Valise.version()};
        }
    }
}
