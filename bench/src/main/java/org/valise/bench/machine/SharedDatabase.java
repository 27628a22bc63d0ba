package org.valise.bench.machine;

import org.valise.platform.database.DatabaseConfig;
import org.valise.platform.database.EmbeddedPostgres;
import org.valise.platform.database.EmbeddedPostgresConfig;

import java.nio.file.Path;

/// A PostgreSQL, with fsync on, for several nodes.
public final class SharedDatabase implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private SharedDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    public static SharedDatabase start(Path data) {
        return new SharedDatabase(EmbeddedPostgres.start(EmbeddedPostgresConfig.in(data)));
    }

    private DatabaseConfig config() {
        return postgres.database();
    }

    String url() {
        return config().url();
    }

    String user() {
        return config().user();
    }

    String password() {
        return config().password().reveal();
    }

    /// For [java.sql.DriverManager].
    public String jdbcUrl() {
        return url() + "?user=" + user() + "&password=" + password();
    }

    public ProcessGroup processes() {
        return new ProcessGroup("PostgreSQL", postgres.pid());
    }

    @Override
    public void close() {
        postgres.close();
    }
}
