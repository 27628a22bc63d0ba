package org.valise.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// Lists among the test resources, one thing a line; `#` begins a comment.
final class Resources {
    private Resources() {}

    static List<String> lines(String name) {
        try (var stream = Resources.class.getResourceAsStream("/" + name)) {
            if (stream == null) {
                throw new IllegalStateException("no test resource " + name);
            }
            return new String(stream.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
