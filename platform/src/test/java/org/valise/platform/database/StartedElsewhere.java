package org.valise.platform.database;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A second JVM that starts the server on a folder, tells how that went in one line, and then waits
/// to be killed.
final class StartedElsewhere implements AutoCloseable {
    private final Process process;
    private final String said;

    StartedElsewhere(Path data) throws IOException {
        process =
                new ProcessBuilder(
                                List.of(
                                        System.getProperty("java.home")
                                                + File.separator
                                                + "bin/java",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        StartedElsewhere.class.getName(),
                                        data.toString()))
                        .redirectErrorStream(true)
                        .start();
        said = firstAnswer(process);
    }

    /// `pid <server's process>` or `refused <why>`.
    String said() {
        return said;
    }

    long serverPid() {
        return Long.parseLong(said.substring("pid ".length()));
    }

    long pid() {
        return process.pid();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        try {
            kill();
            if (said.startsWith("pid ")) Postgres.awaitGone(serverPid(), Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String firstAnswer(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder all = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("pid ") || line.startsWith("refused ")) return line;
            all.append(line).append('\n');
        }
        throw new IOException("no answer from the other JVM: " + all);
    }

    public static void main(String[] arguments) throws InterruptedException {
        try {
            EmbeddedPostgres server = EmbeddedPostgres.start(Postgres.quick(Path.of(arguments[0])));
            System.out.println("pid " + server.pid());
        } catch (DatabaseException e) {
            System.out.println("refused " + e.getMessage());
        }
        Thread.sleep(60_000);
    }
}
