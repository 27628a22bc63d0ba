package org.valise.bench;

import org.valise.bench.chat.Population;
import org.valise.bench.chat.Quantiles;
import org.valise.bench.chat.Shape;
import org.valise.bench.client.Account;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.SyncAnswer;
import org.valise.bench.machine.MemoryWatch;
import org.valise.bench.machine.Target;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/// The first sync of somebody who is in very many rooms.
@Command(
        name = "initial-sync",
        description = "First sync of an account in many rooms: time to the last byte, memory.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class InitialSyncCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Option(names = "--rooms", defaultValue = "1000", description = "(default: 1000)")
    private int rooms;

    @Option(names = "--members", defaultValue = "50", description = "In each room (default: 50).")
    private int members;

    @Option(
            names = "--events",
            defaultValue = "10",
            description = "A room, in the answer (default: 10).")
    private int events;

    @Option(
            names = "--users",
            defaultValue = "0",
            description = "All accounts together (default: four times the members of a room).")
    private int users;

    @Option(
            names = "--runs",
            defaultValue = "5",
            description = "Warm ones, after the first (default: 5).")
    private int runs;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    /// One sync: what it gave, how long it took, and by how much the server grew meanwhile.
    private record Measured(SyncAnswer answer, int bytes, long nanoseconds, long growth) {}

    private int measure(Target target) throws IOException {
        int accounts = users > 0 ? users : Math.max(members * 4, 2);
        Shape shape = new Shape(accounts, rooms, members, true, events);
        Population population = targets.prepare(target, shape, report);
        Account account = population.accounts().getFirst();
        try (MatrixClient client = new MatrixClient(target.uri(), null)) {
            Measured first = sync(client, account, target);
            long[] times = new long[runs];
            long growth = 0;
            for (int run = 0; run < runs; run++) {
                Measured warm = sync(client, account, target);
                times[run] = warm.nanoseconds;
                growth = Math.max(growth, warm.growth);
            }
            tell(first, Quantiles.of(times), growth);
            return first.answer.rooms() == rooms ? 0 : 1;
        }
    }

    private Measured sync(MatrixClient client, Account account, Target target) throws IOException {
        String filter = client.uploadFilter(account, events);
        try (MemoryWatch watch = MemoryWatch.over(target.processes())) {
            long begin = System.nanoTime();
            HttpAnswer answer = client.sync(account, filter, null, Duration.ZERO);
            long took = System.nanoTime() - begin;
            long growth = watch.growth();
            return new Measured(MatrixClient.read(answer), answer.body().length, took, growth);
        }
    }

    private void tell(Measured first, Quantiles warm, long growth) throws IOException {
        String text =
                String.format(
                        Locale.ROOT,
                        """
                        initial sync of %,d rooms with %,d messages, lazily loaded members: %.1f MiB
                          first        %.0f ms to the last byte, %.1f MiB of extra memory
                          warm (%d)     %s, %.1f MiB of extra memory at most
                        """,
                        first.answer.rooms(),
                        first.answer.messages().size(),
                        first.bytes / MIB,
                        first.nanoseconds / 1e6,
                        first.growth / MIB,
                        runs,
                        warm,
                        growth / MIB);
        JsonObject figures =
                JsonObject.builder()
                        .put("rooms", first.answer.rooms())
                        .put("messages", first.answer.messages().size())
                        .put("bytes", first.bytes)
                        .put("first_ms", first.nanoseconds / 1e6)
                        .put("first_extra_bytes", first.growth)
                        .put("warm_ms", warm.json())
                        .put("warm_extra_bytes", growth)
                        .build();
        report.figures(text, figures);
    }
}
