package org.valise.bench;

import org.valise.bench.chat.ChatFigures;
import org.valise.bench.chat.ChatPlan;
import org.valise.bench.chat.ChatRun;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Shape;
import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.SharedDatabase;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Two nodes over one database write one room as fast as they can: how much do they lose by getting
/// in each other's way?
@Command(
        name = "two-nodes",
        description = "One hot room written by two nodes, against the same by one node.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TwoNodesCommand implements Callable<Integer> {
    @Option(names = "--members", defaultValue = "10", description = "(default: 10)")
    private int members;

    @Option(names = "--senders", defaultValue = "20", description = "(default: 20)")
    private int senders;

    @Option(names = "--rounds", defaultValue = "3", description = "Of one and two (default: 3).")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "20", description = "A round (default: 20).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            description = "Seconds of load on both before (default: 10).")
    private int warmUp;

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        try (TemporaryFolder place = folder.temporary();
                SharedDatabase database = SharedDatabase.start(place.path().resolve("database"));
                BenchServer one = node(place, "one", database);
                BenchServer other = node(place, "other", database)) {
            Population population =
                    Preparing.on(one, null, Shape.chat(members, 1, members), report);
            if (warmUp > 0) {
                ChatRun.run(List.of(one, other), population, plan(warmUp));
            }
            return measure(one, other, population);
        }
    }

    private static BenchServer node(TemporaryFolder place, String name, SharedDatabase database)
            throws IOException {
        Path data = place.path().resolve(name);
        return BenchServer.startNode(data, database);
    }

    private int measure(BenchServer one, BenchServer other, Population population)
            throws IOException {
        double[] alone = new double[rounds];
        double[] together = new double[rounds];
        boolean correct = true;
        StringBuilder text = new StringBuilder();
        for (int round = 0; round < rounds; round++) {
            ChatFigures byOne = ChatRun.run(List.of(one), population, plan(seconds));
            ChatFigures byTwo = ChatRun.run(List.of(one, other), population, plan(seconds));
            alone[round] = byOne.eventsPerSecond();
            together[round] = byTwo.eventsPerSecond();
            correct &= byOne.isCorrect() && byTwo.isCorrect();
            text.append("one node: ").append(byOne.text());
            text.append("two nodes: ").append(byTwo.text());
        }
        double ratio = median(together) / median(alone);
        text.append(
                String.format(
                        Locale.ROOT,
                        "one node %.1f events/s, two nodes %.1f events/s: %.0f %%%n",
                        median(alone),
                        median(together),
                        100 * ratio));
        report.figures(
                text.toString(),
                JsonObject.of(
                        "one_node_events_per_second",
                        median(alone),
                        "two_nodes_events_per_second",
                        median(together),
                        "ratio",
                        ratio,
                        "correct",
                        correct));
        return correct ? 0 : 1;
    }

    private ChatPlan plan(int length) {
        return new ChatPlan(
                new ChatPlan.Closed(senders),
                Duration.ofSeconds(length),
                Duration.ofSeconds(15),
                100);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
