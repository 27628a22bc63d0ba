package org.valise.server;

import org.valise.platform.config.ValiseConfig;
import org.valise.platform.config.ValiseConfig.DatabaseSection;
import org.valise.platform.database.Database;
import org.valise.platform.database.DatabaseConfig;
import org.valise.platform.database.EmbeddedPostgres;
import org.valise.platform.database.EmbeddedPostgresConfig;

/// Opens the operator's database, or the embedded one in the data folder.
final class Databases {
    private static final int IDLE_CONNECTIONS = 2;

    private Databases() {}

    static Database open(ValiseConfig config, Closing closing) {
        DatabaseSection section = config.database();
        DatabaseConfig where =
                section.url()
                        .map(url -> DatabaseConfig.of(url, section.user(), section.password()))
                        .orElseGet(() -> embedded(config, closing));
        return Database.open(
                where.withPool(section.poolSize(), IDLE_CONNECTIONS)
                        .withTimeouts(
                                section.statementTimeout(),
                                section.lockTimeout(),
                                section.idleInTransactionTimeout()));
    }

    private static DatabaseConfig embedded(ValiseConfig config, Closing closing) {
        EmbeddedPostgresConfig usual = EmbeddedPostgresConfig.in(config.data());
        EmbeddedPostgresConfig sized =
                new EmbeddedPostgresConfig(
                        usual.folder(),
                        usual.binaries(),
                        usual.durable(),
                        usual.maxConnections(),
                        config.database().embeddedSharedBuffersMb(),
                        usual.startTimeout());
        return closing.add(EmbeddedPostgres.start(sized)).database();
    }
}
