package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.platform.database.DatabaseConfig;
import org.valise.testing.TestDatabase;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir Path folder;

    @Test
    void listsEveryFaultOfTheConfigurationAtOnce() throws IOException {
        var file =
                Files.writeString(
                        folder.resolve("valise.yaml"),
                        "prot: 8008\nhttp:\n  max_connections: many\n");
        int code =
                run(
                        Map.of("VALISE_BIND", "nowhere"),
                        "--config",
                        file.toString(),
                        "--port",
                        "70000",
                        "--server-name",
                        "not a name");
        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("5 faults")
                .contains("prot", "port")
                .contains("max_connections")
                .contains("nowhere")
                .contains("70000")
                .contains("not a name");
    }

    @Test
    void refusesAnUnknownOption() {
        assertThat(run(Map.of(), "--prot", "8008")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--prot");
    }

    @Test
    void refusesAConfigurationFileThatIsNotThere() {
        assertThat(run(Map.of(), "--config", folder.resolve("none.yaml").toString())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("none.yaml");
    }

    @Test
    void printsHelpVersionAndTheConfigurationReference() {
        assertThat(run(Map.of(), "--help")).isZero();
        assertThat(run(Map.of(), "--version")).isZero();
        assertThat(run(Map.of(), "--help-config")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("--open-registration", "Valise ", "max_connections");
    }

    @Test
    void saysWhichPortIsTaken() throws IOException {
        try (var database = TestDatabase.create(Valise.MIGRATIONS);
                var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run(environment(database), "--port", Integer.toString(taken.getLocalPort()));
            assertThat(code).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .contains("cannot listen")
                    .contains(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void refusesTheDatabaseOfAServerOfAnotherName() {
        try (var server = TestServer.start()) {
            int code =
                    run(
                            environment(server.databaseConfig()),
                            "--port",
                            "0",
                            "--server-name",
                            "other.example");
            assertThat(code).isEqualTo(1);
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .contains("other.example")
                    .contains("localhost");
        }
    }

    @Test
    void saysWhatIsWrongWithADatabaseThatDoesNotAnswer() throws IOException {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        int code =
                run(
                        Map.of("VALISE_DATABASE_URL", "postgresql://127.0.0.1:" + free + "/valise"),
                        "--port",
                        "0");
        assertThat(code).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("Cannot use the database")
                .contains("database.url");
    }

    private int run(Map<String, String> environment, String... arguments) {
        return Main.run(
                new PrintStream(out, true), new PrintStream(err, true), environment, arguments);
    }

    private static Map<String, String> environment(TestDatabase database) {
        return environment(database.config());
    }

    private static Map<String, String> environment(DatabaseConfig database) {
        var all = new HashMap<String, String>();
        all.put("VALISE_DATABASE_URL", database.url());
        all.put("VALISE_DATABASE_USER", database.user());
        if (database.password().isPresent()) {
            all.put("VALISE_DATABASE_PASSWORD", database.password().reveal());
        }
        all.put("VALISE_MANAGEMENT_PORT", "0");
        return all;
    }
}
