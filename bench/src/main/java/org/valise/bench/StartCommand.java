package org.valise.bench;

import org.valise.bench.chat.ChatPlan;
import org.valise.bench.chat.ChatRun;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Quantiles;
import org.valise.bench.chat.Shape;
import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.Processes;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.bench.machine.Usage;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// From nothing to the first answer, on data that is there already; and what it holds at rest.
@Command(
        name = "start",
        description = "Time from the start of the JVM to the first answer; memory at rest.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class StartCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;
    private static final int USERS = 20;

    @Option(names = "--runs", defaultValue = "5", description = "(default: 5)")
    private int runs;

    @Option(
            names = "--rest",
            defaultValue = "60",
            description = "Seconds from the last start to looking at the memory (default: 60).")
    private int rest;

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (TemporaryFolder place = folder.temporary()) {
            Path data = place.path().resolve("data");
            fill(data);
            long[] times = new long[runs];
            for (int run = 0; run < runs; run++) {
                try (BenchServer server = BenchServer.start(data)) {
                    times[run] = server.startTime().toNanos();
                    report.say("start %d: %d ms".formatted(run + 1, times[run] / 1_000_000));
                    if (run == runs - 1) {
                        Thread.sleep(Duration.ofSeconds(rest));
                        tell(Quantiles.of(times), server);
                    }
                }
            }
        }
        return 0;
    }

    private void fill(Path data) throws IOException {
        try (BenchServer server = BenchServer.start(data)) {
            report.say("first start, on an empty folder: " + server.startTime().toMillis() + " ms");
            Population population =
                    Preparing.on(server, null, Shape.chat(USERS, USERS / 4, USERS / 2), report);
            Duration second = Duration.ofSeconds(1);
            ChatPlan plan = new ChatPlan(new ChatPlan.Closed(4), second, second, 100);
            ChatRun.run(server, population, plan);
        }
    }

    private void tell(Quantiles times, BenchServer server) throws IOException {
        List<Usage> usages = Processes.ofThisMachine().usages(server.processes());
        long pss = usages.stream().mapToLong(Usage::pss).sum();
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "start to first answer: median %.0f ms, worst %.0f ms (%d runs)%n",
                        times.p50(),
                        times.max(),
                        times.count()));
        JsonObject.Builder memory = JsonObject.builder();
        for (Usage usage : usages) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "  %-12s PSS %.0f MiB, %d processes, %.2f s CPU until now%n",
                            usage.name(),
                            usage.pss() / MIB,
                            usage.processes(),
                            usage.cpu().toMillis() / 1e3));
            memory.put(usage.name(), usage.pss());
        }
        text.append(
                String.format(
                        Locale.ROOT, "together %.0f MiB after %d s of rest%n", pss / MIB, rest));
        report.figures(
                text.toString(),
                JsonObject.of(
                        "start_ms",
                        times.json(),
                        "rest_seconds",
                        rest,
                        "pss_bytes",
                        memory.build(),
                        "pss_bytes_together",
                        pss));
    }
}
