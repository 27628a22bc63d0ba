package org.valise.bench;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the figures go: to people on standard output, to programs into a file.
final class Report {
    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures there too, as JSON.")
    private @Nullable Path json;

    void say(String line) {
        System.out.println(line);
    }

    void figures(String text, JsonObject figures) throws IOException {
        System.out.print(text.endsWith("\n") ? text : text + "\n");
        if (json != null) {
            Files.write(json, Json.write(figures));
        }
    }
}
