package org.valise.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

final class MigrationsTest {
    private static final String HERE = "org/valise/platform/database/";
    private static final List<String> SAMPLE = List.of(HERE + "sample");
    private static final List<String> BOTH = List.of(HERE + "sample", HERE + "second");

    private Path data;
    private EmbeddedPostgres server;
    private Database database;

    @BeforeEach
    void start() throws IOException {
        data = Postgres.folder();
        server = EmbeddedPostgres.start(Postgres.throwaway(data));
        database = Database.open(server.database().withPool(2, 1));
    }

    @AfterEach
    void stop() throws IOException {
        database.close();
        server.close();
        PostgresBinaries.deleteTree(data);
    }

    @Test
    void runsEachFileOnce() {
        assertThat(Migrations.run(database, SAMPLE)).isEqualTo(1);
        assertThat(Migrations.run(database, SAMPLE)).isZero();
        assertThat(database.<Boolean>read(tx -> tx.exists("SELECT FROM sample.thing"))).isFalse();
    }

    @Test
    void runsFilesOfAnEarlierModuleLater() {
        Migrations.run(database, SAMPLE);
        // With an index built concurrently, which Flyway's own lock must not block.
        assertThat(Migrations.run(database, BOTH)).isEqualTo(2);
        assertThat(Migrations.run(database, SAMPLE)).isZero(); // the former release still starts
        assertThat(
                        database.<List<String>>read(tx ->
                                tx.query(
                                        "SELECT version FROM valise.migrations WHERE version IS NOT"
                                                + " NULL ORDER BY version",
                                        row -> row.getString(1))))
                .containsExactly("98.001", "98.002", "99.001");
    }

    @Test
    void nodesThatStartTogetherWaitForOneAnother() throws InterruptedException {
        AtomicInteger ran = new AtomicInteger();
        List<Thread> nodes =
                List.of(
                        Thread.ofPlatform()
                                .start(() -> ran.addAndGet(Migrations.run(database, BOTH))),
                        Thread.ofPlatform()
                                .start(() -> ran.addAndGet(Migrations.run(database, BOTH))));
        for (Thread node : nodes) node.join();
        assertThat(ran.get()).isEqualTo(3);
    }

    @Test
    void namesTheFileThatFails() {
        assertThatThrownBy(() -> Migrations.run(database, List.of(HERE + "broken")))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("V97_001__broken.sql")
                .hasMessageContaining("nowhere");
    }

    @Test
    void refusesALocationThatDoesNotExist() {
        assertThatThrownBy(() -> Migrations.run(database, List.of(HERE + "nothing")))
                .hasMessageContaining("nothing");
    }
}
