package org.valise.server;

import org.valise.platform.config.ValiseConfig;
import org.valise.platform.database.Database;
import org.valise.platform.database.Migrations;

import java.util.Map;

/// Makes the database while the image is made, so that a container need not: everything that does
/// not depend on the server's name. Compiled by `build`, in the package whose list of migrations it needs.
final class BakeDatabase {
    private BakeDatabase() {}

    public static void main(String... arguments) {
        try (Database database = Database.start(ValiseConfig.of(Map.of("data", arguments[0])))) {
            Migrations.run(database, Valise.MIGRATIONS);
        }
    }
}
