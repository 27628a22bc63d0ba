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

/// Many rooms, everybody talks and everybody listens.
@Command(
        name = "chat",
        description = "Messages in many rooms: rate, latency, cost, every message exactly once.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ChatCommand implements Callable<Integer> {
    /// Which loop.
    enum Mode {
        CLOSED,
        OPEN
    }

    @Option(names = "--users", defaultValue = "100", description = "All long-poll (default: 100).")
    private int users;

    @Option(names = "--rooms", defaultValue = "20", description = "(default: 20)")
    private int rooms;

    @Option(names = "--members", defaultValue = "10", description = "In each room (default: 10).")
    private int members;

    @Option(
            names = "--mode",
            defaultValue = "closed",
            description =
                    "closed: each sender waits for its answer; open: sends are due at a fixed rate"
                            + " (default: closed).")
    private Mode mode = Mode.CLOSED;

    @Option(
            names = "--senders",
            defaultValue = "20",
            description = "In the closed loop (default: 20).")
    private int senders;

    @Option(
            names = "--rate",
            defaultValue = "100",
            description = "Sends a second in the open loop (default: 100).")
    private double rate;

    @Option(names = "--seconds", defaultValue = "20", description = "(default: 20)")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "0",
            description = "Seconds of the same load before, not counted (default: 0).")
    private int warmUp;

    @Option(
            names = "--drain",
            defaultValue = "15",
            description = "Seconds that the last delivery may take (default: 15).")
    private int drain;

    @Option(
            names = "--timeline",
            defaultValue = "100",
            description = "Events a room in one sync at most (default: 100).")
    private int timeline;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    private int measure(Target target) throws IOException {
        Population population = targets.prepare(target, Shape.chat(users, rooms, members), report);
        if (warmUp > 0) {
            ChatRun.run(target, population, plan(warmUp));
        }
        ChatFigures figures = ChatRun.run(target, population, plan(seconds));
        report.figures(figures.text(), figures.json());
        return figures.isCorrect() ? 0 : 1;
    }

    private ChatPlan plan(int length) {
        ChatPlan.Loop loop =
                switch (mode) {
                    case CLOSED -> new ChatPlan.Closed(senders);
                    case OPEN -> new ChatPlan.Open(rate);
                };
        return new ChatPlan(loop, Duration.ofSeconds(length), Duration.ofSeconds(drain), timeline);
    }
}
