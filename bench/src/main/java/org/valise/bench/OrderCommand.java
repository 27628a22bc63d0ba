package org.valise.bench;

import org.valise.bench.machine.OpenSnapshot;
import org.valise.bench.machine.SharedDatabase;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.bench.micro.OrderBench;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Two ways to give commits their positions, while a snapshot of the database is open: which of
/// them decays? (decisions/0008)
@Command(
        name = "order",
        description = "A counter row against an append-only table, with a snapshot open.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class OrderCommand implements Callable<Integer> {
    @Option(
            names = "--seconds",
            defaultValue = "600",
            description = "For each scheme, with the snapshot open (default: 600).")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "5",
            description = "Seconds for each before it is opened (default: 5).")
    private int warmUp;

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        StringBuilder text = new StringBuilder();
        JsonObject.Builder figures = JsonObject.builder();
        for (OrderBench.Scheme scheme : OrderBench.Scheme.values()) {
            double[] tenths = measure(scheme);
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%s: commits/s by tenth %s, last against first %.0f %%%n",
                            scheme.description(),
                            Arrays.toString(Arrays.stream(tenths).mapToLong(Math::round).toArray()),
                            100 * tenths[tenths.length - 1] / tenths[0]));
            figures.put(
                    scheme.name().toLowerCase(Locale.ROOT),
                    JsonArray.of(Arrays.stream(tenths).boxed().toList()));
        }
        report.figures(text.toString(), figures.build());
        return 0;
    }

    private double[] measure(OrderBench.Scheme scheme) throws IOException {
        try (TemporaryFolder place = folder.temporary();
                SharedDatabase database = SharedDatabase.start(place.path().resolve("database"));
                OrderBench bench = OrderBench.on(database.jdbcUrl(), scheme)) {
            bench.run(Duration.ofSeconds(warmUp));
            try (OpenSnapshot snapshot = OpenSnapshot.of(database.jdbcUrl())) {
                double[] tenths = bench.run(Duration.ofSeconds(seconds));
                snapshot.requireStillOpen();
                return tenths;
            }
        }
    }
}
