package org.valise.platform.database;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;
import org.postgresql.ds.PGSimpleDataSource;

import java.util.List;

/// Brings the database's schemas up to date: forward only, one history (`valise.migrations`) for
/// all modules.
///
/// A module's files lie in `org/valise/<module>/migration/V<module
/// number>_<NNN>__what_it_does.sql`. Nodes that start together wait for one another. A file that
/// has run is never edited: its checksum is compared.
public final class Migrations {
    private Migrations() {}

    /// Runs what has not run yet and gives the number of files that were run.
    public static int run(Database database, List<String> locations) {
        return run(database.config(), locations);
    }

    static int run(DatabaseConfig config, List<String> locations) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(config.url());
        if (!config.user().isEmpty()) source.setUser(config.user());
        if (config.password().isPresent()) source.setPassword(config.password().reveal());
        source.setApplicationName("valise migrations");
        try {
            FluentConfiguration flyway =
                    Flyway.configure()
                            .dataSource(source)
                            .schemas("valise")
                            .table("migrations")
                            .locations(
                                    locations.stream()
                                            .map(Migrations::classpath)
                                            .toArray(String[]::new))
                            .outOfOrder(true)
                            .validateMigrationNaming(true)
                            .failOnMissingLocations(true)
                            .ignoreMigrationPatterns("*:missing", "*:future");
            // A lock of the session, not of a transaction: CREATE INDEX CONCURRENTLY would wait for
            // that for ever.
            flyway.getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                    .setTransactionalLock(false);
            MigrateResult result = flyway.load().migrate();
            return result.migrationsExecuted;
        } catch (FlywayException e) {
            throw DatabaseException.refused(
                    "The database could not be migrated: " + e.getMessage(), e);
        }
    }

    private static String classpath(String location) {
        return location.startsWith("classpath:") ? location : "classpath:" + location;
    }
}
