package org.valise.bench;

import org.valise.bench.chat.ChatFigures;
import org.valise.bench.chat.ChatPlan;
import org.valise.bench.chat.ChatRun;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Shape;
import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.OpenSnapshot;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Somebody holds a snapshot of the database, as a backup does: nothing that is updated can be
/// cleaned up. Whatever is updated often gets slower and slower.
@Command(
        name = "snapshot",
        description = "Sends while a snapshot of the database is open: does the rate decay?",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SnapshotCommand implements Callable<Integer> {
    @Option(names = "--users", defaultValue = "100", description = "(default: 100)")
    private int users;

    @Option(names = "--rooms", defaultValue = "20", description = "(default: 20)")
    private int rooms;

    @Option(names = "--members", defaultValue = "10", description = "In each room (default: 10).")
    private int members;

    @Option(names = "--senders", defaultValue = "20", description = "(default: 20)")
    private int senders;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            description = "Seconds of load before the snapshot is opened (default: 10).")
    private int warmUp;

    @Option(
            names = "--seconds",
            defaultValue = "600",
            description = "Of load with the snapshot open (default: 600).")
    private int seconds;

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        try (TemporaryFolder place = folder.temporary();
                BenchServer server = BenchServer.start(place.path().resolve("data"))) {
            Population population =
                    Preparing.on(server, null, Shape.chat(users, rooms, members), report);
            if (warmUp > 0) {
                ChatRun.run(server, population, plan(warmUp));
            }
            try (OpenSnapshot snapshot = OpenSnapshot.of(server.jdbcUrl())) {
                ChatFigures figures = ChatRun.run(server, population, plan(seconds));
                snapshot.requireStillOpen();
                tell(figures);
                return figures.isCorrect() ? 0 : 1;
            }
        }
    }

    private ChatPlan plan(int length) {
        return new ChatPlan(
                new ChatPlan.Closed(senders),
                Duration.ofSeconds(length),
                Duration.ofSeconds(15),
                100);
    }

    private void tell(ChatFigures figures) throws IOException {
        double first = figures.tenths()[0];
        double last = figures.tenths()[figures.tenths().length - 1];
        String text =
                String.format(
                        Locale.ROOT,
                        "snapshot open: first tenth %.1f events/s, last tenth %.1f events/s (%.0f"
                                + " %%)%n",
                        first,
                        last,
                        first == 0 ? 0 : 100 * last / first);
        JsonObject json =
                figures.json()
                        .with("first_tenth_events_per_second", first)
                        .with("last_tenth_events_per_second", last);
        report.figures(figures.text() + text, json);
    }
}
