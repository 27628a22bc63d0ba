package org.valise.bench;

import org.jspecify.annotations.Nullable;
import org.valise.bench.chat.Parallel;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Quantiles;
import org.valise.bench.chat.Shape;
import org.valise.bench.client.Account;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.client.SyncAnswer;
import org.valise.bench.machine.Target;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/// The sync of somebody who comes back after a night: something happened in every room.
@Command(
        name = "catch-up",
        description = "Incremental sync of an account in many rooms with some events each.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CatchUpCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Option(names = "--rooms", defaultValue = "1000", description = "(default: 1000)")
    private int rooms;

    @Option(names = "--members", defaultValue = "10", description = "In each room (default: 10).")
    private int members;

    @Option(
            names = "--events",
            defaultValue = "5",
            description = "That came meanwhile in each room (default: 5).")
    private int events;

    @Option(
            names = "--runs",
            defaultValue = "5",
            description = "With the same token, after the first (default: 5).")
    private int runs;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    /// One sync: what it gave, and how long it took.
    private record Measured(SyncAnswer answer, int bytes, long nanoseconds) {}

    private int measure(Target target) throws IOException {
        Shape shape = new Shape(Math.max(members * 4, 2), rooms, members, true, 1);
        Population population = targets.prepare(target, shape, report);
        Account sleeper = population.accounts().getFirst();
        try (MatrixClient client = new MatrixClient(target.uri(), null)) {
            String filter = client.uploadFilter(sleeper, 20);
            String since = sync(client, sleeper, filter, null).answer.nextBatch();
            report.say("the night falls: " + events + " messages in each of " + rooms + " rooms");
            Parallel.run(rooms, number -> talk(client, population, number));
            Measured first = sync(client, sleeper, filter, since);
            long[] times = new long[runs];
            for (int run = 0; run < runs; run++) {
                times[run] = sync(client, sleeper, filter, since).nanoseconds;
            }
            Measured idle = sync(client, sleeper, filter, first.answer.nextBatch());
            tell(first, Quantiles.of(times), idle);
            return first.answer.messages().size() == rooms * events ? 0 : 1;
        }
    }

    private void talk(MatrixClient client, Population population, int number) throws IOException {
        Population.Room room = population.rooms().get(number);
        for (int i = 0; i < events; i++) {
            int speaker = room.members().get(1 + i % (room.members().size() - 1));
            client.send(population.accounts().get(speaker), room.id(), "by night " + i);
        }
    }

    private static Measured sync(
            MatrixClient client, Account account, String filter, @Nullable String since)
            throws IOException {
        long begin = System.nanoTime();
        HttpAnswer answer = client.sync(account, filter, since, Duration.ZERO);
        long took = System.nanoTime() - begin;
        return new Measured(MatrixClient.read(answer), answer.body().length, took);
    }

    private void tell(Measured first, Quantiles again, Measured idle) throws IOException {
        String text =
                String.format(
                        Locale.ROOT,
                        """
                        catching up with %,d messages in %,d rooms: %.1f MiB
                          first        %.0f ms to the last byte
                          again (%d)    %s
                          nothing new  %.1f ms
                        """,
                        first.answer.messages().size(),
                        first.answer.rooms(),
                        first.bytes / MIB,
                        first.nanoseconds / 1e6,
                        runs,
                        again,
                        idle.nanoseconds / 1e6);
        JsonObject figures =
                JsonObject.builder()
                        .put("rooms", first.answer.rooms())
                        .put("messages", first.answer.messages().size())
                        .put("bytes", first.bytes)
                        .put("first_ms", first.nanoseconds / 1e6)
                        .put("again_ms", again.json())
                        .put("nothing_new_ms", idle.nanoseconds / 1e6)
                        .build();
        report.figures(text, figures);
    }
}
