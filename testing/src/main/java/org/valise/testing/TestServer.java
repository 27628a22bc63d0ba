package org.valise.testing;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.DatabaseConfig;
import org.valise.platform.database.EmbeddedPostgres;
import org.valise.platform.database.EmbeddedPostgresConfig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;

/// The one PostgreSQL of a test run: started by the first test that needs it, stopped with the
/// process.
final class TestServer {
    private static final String EXTERNAL = "VALISE_TEST_PG_URL";

    /// As root the server runs as nobody, who must be able to pass.
    private static final FileAttribute<?> PASSABLE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));

    private static final String PREFIX = "valise-test-pg-";
    private static @Nullable TestServer shared;

    private final DatabaseConfig administration;

    private TestServer(DatabaseConfig administration) {
        this.administration = administration;
    }

    static synchronized TestServer shared() {
        TestServer server = shared;
        if (server == null) {
            String external = System.getenv(EXTERNAL);
            server =
                    new TestServer(
                            external == null ? startEmbedded() : DatabaseConfig.of(external));
            shared = server;
        }
        return server;
    }

    /// The server's configuration with another database's name.
    DatabaseConfig config(String database) {
        String url = administration.url();
        int query = url.indexOf('?');
        String base = query < 0 ? url : url.substring(0, query);
        String options = query < 0 ? "" : url.substring(query);
        String other = base.substring(0, base.lastIndexOf('/') + 1) + database + options;
        return DatabaseConfig.of(other, administration.user(), administration.password());
    }

    Connection connect() throws SQLException {
        Properties properties = new Properties();
        if (!administration.user().isEmpty()) properties.put("user", administration.user());
        if (administration.password().isPresent())
            properties.put("password", administration.password().reveal());
        return DriverManager.getConnection(administration.url(), properties);
    }

    private static DatabaseConfig startEmbedded() {
        try {
            Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
            removeOld(temporary);
            Path folder = Files.createTempDirectory(temporary, PREFIX, PASSABLE);
            Path binaries = temporary.resolve("valise-postgres-" + System.getProperty("user.name"));
            EmbeddedPostgres server =
                    EmbeddedPostgres.start(
                            EmbeddedPostgresConfig.throwaway(
                                    folder.resolve("postgresql"), binaries));
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> stop(server, folder), "stop-test-postgres"));
            return server.database();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Drops a template when the process ends; an embedded server goes with all it has.
    void dropAtExit(String database) {
        if (System.getenv(EXTERNAL) == null) return;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drop(database), "drop-template"));
    }

    private void drop(String database) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
        } catch (SQLException e) {
            System.err.println("could not drop " + database + ": " + e.getMessage());
        }
    }

    /// What test runs that were killed have left behind.
    private static void removeOld(Path temporary) throws IOException {
        FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, PREFIX + "*")) {
            for (Path folder : folders) {
                if (Files.getLastModifiedTime(folder).compareTo(yesterday) < 0) remove(folder);
            }
        }
    }

    private static void stop(EmbeddedPostgres server, Path folder) {
        server.close();
        remove(folder);
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // What is left in the temporary folder harms nobody.
        }
    }
}
