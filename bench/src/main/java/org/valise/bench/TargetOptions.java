package org.valise.bench;

import org.jspecify.annotations.Nullable;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Shape;
import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.ExistingServer;
import org.valise.bench.machine.ProcessGroup;
import org.valise.bench.machine.Target;
import org.valise.bench.machine.TemporaryFolder;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which server is put under load: one of its own, or one that runs already.
final class TargetOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Load the server there (default: start one, on a temporary folder).")
    private @Nullable URI url;

    @Option(
            names = "--pids",
            paramLabel = "NAME=PID",
            split = ",",
            description = "With --url: the processes whose cost is measured.")
    private Map<String, Long> pids = new LinkedHashMap<>();

    @Option(
            names = "--registration-token",
            paramLabel = "TOKEN",
            description = "With --url: for a server that wants one.")
    private @Nullable String registrationToken;

    @Mixin private FolderOptions folder = new FolderOptions();

    /// What is done with the server.
    interface Work {
        int on(Target target) throws IOException;
    }

    int with(Work work) throws IOException {
        if (url != null) {
            List<ProcessGroup> processes =
                    pids.entrySet().stream()
                            .map(named -> new ProcessGroup(named.getKey(), named.getValue()))
                            .toList();
            return work.on(new ExistingServer(url, processes));
        }
        try (TemporaryFolder place = folder.temporary();
                BenchServer server = BenchServer.start(place.path().resolve("data"))) {
            return work.on(server);
        }
    }

    Population prepare(Target target, Shape shape, Report report) throws IOException {
        return Preparing.on(target, registrationToken, shape, report);
    }
}
