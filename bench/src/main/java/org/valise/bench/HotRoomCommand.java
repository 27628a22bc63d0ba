package org.valise.bench;

import org.valise.bench.chat.ChatFigures;
import org.valise.bench.chat.ChatPlan;
import org.valise.bench.chat.ChatRun;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Shape;
import org.valise.bench.machine.Target;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/// One room that everybody is in: each message goes to all of them.
@Command(
        name = "hot-room",
        description = "One room whose members all sync: send to sync, CPU a delivery.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class HotRoomCommand implements Callable<Integer> {
    @Option(names = "--members", defaultValue = "1000", description = "(default: 1000)")
    private int members;

    @Option(
            names = "--rate",
            defaultValue = "2",
            description = "Sends a second, in an open loop (default: 2).")
    private double rate;

    @Option(names = "--seconds", defaultValue = "20", description = "(default: 20)")
    private int seconds;

    @Option(
            names = "--drain",
            defaultValue = "15",
            description = "Seconds that the last delivery may take (default: 15).")
    private int drain;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    private int measure(Target target) throws IOException {
        Population population = targets.prepare(target, Shape.chat(members, 1, members), report);
        ChatPlan plan =
                new ChatPlan(
                        new ChatPlan.Open(rate),
                        Duration.ofSeconds(seconds),
                        Duration.ofSeconds(drain),
                        100);
        ChatFigures figures = ChatRun.run(target, population, plan);
        report.figures(figures.text(), figures.json());
        return figures.isCorrect() ? 0 : 1;
    }
}
