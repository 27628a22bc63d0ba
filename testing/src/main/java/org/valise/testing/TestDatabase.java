package org.valise.testing;

import org.valise.platform.database.Database;
import org.valise.platform.database.DatabaseConfig;
import org.valise.platform.database.Migrations;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// A database of its own for one test class: a copy of a migrated template, dropped on close.
///
/// All share one PostgreSQL in this process, or the server that the environment variable
/// `VALISE_TEST_PG_URL` names (its user must be allowed to create databases).
public final class TestDatabase implements AutoCloseable {
    private static final Map<List<String>, String> TEMPLATES = new HashMap<>();
    private static final int POOL = 6;
    private static final Duration UNSEEN = Duration.ofMillis(600);

    private final TestServer server;
    private final String name;
    private final Database database;

    private TestDatabase(TestServer server, String name) {
        this.server = server;
        this.name = name;
        this.database = Database.open(server.config(name).withPool(POOL, 1));
    }

    /// A database with the migrations of these locations, such as `org/valise/rooms/migration`.
    public static TestDatabase create(List<String> locations) {
        TestServer server = TestServer.shared();
        String name = freshName("test");
        copy(server, template(server, locations), name);
        return new TestDatabase(server, name);
    }

    /// An empty database.
    public static TestDatabase create() {
        return create(List.of());
    }

    public Database database() {
        return database;
    }

    /// For a second connection pool on the same database: another node.
    public DatabaseConfig config() {
        return server.config(name);
    }

    public String url() {
        return config().url();
    }

    /// Breaks all connections and lets nobody in, until [#accept].
    public void refuse() {
        execute(server, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false");
        execute(
                server,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                        + name
                        + "' AND backend_type = 'client backend'");
    }

    public void accept() {
        execute(server, "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true");
        // A pool hands out what was used a moment ago without looking whether it still lives.
        pause(UNSEEN);
    }

    @Override
    public void close() {
        database.close();
        for (int attempt = 1; ; attempt++) {
            try {
                execute(server, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
                return;
            } catch (IllegalStateException e) {
                // PostgreSQL itself may be vacuuming there.
                if (attempt == 50 || !String.valueOf(e.getMessage()).contains("permission denied"))
                    throw e;
                pause(Duration.ofMillis(100));
            }
        }
    }

    private static synchronized String template(TestServer server, List<String> locations) {
        return TEMPLATES.computeIfAbsent(
                List.copyOf(locations), wanted -> makeTemplate(server, wanted));
    }

    private static String makeTemplate(TestServer server, List<String> locations) {
        if (locations.isEmpty()) return "template0";
        String name = freshName("template");
        server.dropAtExit(name);
        execute(server, "CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'");
        try (Database database = Database.open(server.config(name).withPool(1, 0))) {
            Migrations.run(database, locations);
        }
        return name;
    }

    /// PostgreSQL refuses to copy a database that somebody is still connected to, and a closed
    /// connection lingers for a moment.
    private static synchronized void copy(TestServer server, String template, String name) {
        for (int attempt = 1; ; attempt++) {
            try {
                execute(
                        server,
                        "CREATE DATABASE "
                                + name
                                + " TEMPLATE "
                                + template
                                + " STRATEGY FILE_COPY");
                return;
            } catch (IllegalStateException e) {
                if (attempt == 50 || !String.valueOf(e.getMessage()).contains("being accessed"))
                    throw e;
                pause(Duration.ofMillis(20));
            }
        }
    }

    private static void execute(TestServer server, String sql) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static String freshName(String kind) {
        return "valise_"
                + kind
                + "_"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
