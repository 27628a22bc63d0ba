package org.valise.platform.database;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs a short program to its end.
final class Command {
    private static final long LIMIT_MINUTES = 5;

    private Command() {}

    /// @param output what it printed, on both channels
    record Result(int exit, String output) {}

    static Result run(List<String> command, Map<String, String> environment, String input)
            throws IOException {
        Process process = builder(command, environment).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended before it had read everything: its output says why.
        }
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(command.getFirst() + " does not end");
            }
            return new Result(process.exitValue(), output);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command.getFirst(), e);
        }
    }

    /// An environment without surprises: no PG… variables, messages in English, UTC.
    static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> all = builder.environment();
        String path = all.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        all.clear();
        all.put("PATH", path);
        all.put("LC_ALL", "C");
        all.put("TZ", "UTC");
        all.putAll(environment);
        return builder;
    }
}
