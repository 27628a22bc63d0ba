package org.valise.bench;

import org.valise.bench.chat.Shape;
import org.valise.bench.client.Account;
import org.valise.bench.machine.Target;
import org.valise.bench.todevice.ToDeviceRun;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/// Messages to devices that all sync, and a device that was away for long.
@Command(
        name = "to-device",
        description = "Messages to devices that sync: how many are delivered a second, how soon.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ToDeviceCommand implements Callable<Integer> {
    @Option(
            names = "--recipients",
            defaultValue = "50",
            description = "Users that a request sends to (default: 50).")
    private int recipients;

    @Option(
            names = "--senders",
            defaultValue = "4",
            description = "Each sends again when it has its answer (default: 4).")
    private int senders;

    @Option(names = "--seconds", defaultValue = "10", description = "(default: 10)")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "5",
            description = "Seconds of the same load before, uncounted (default: 5).")
    private int warmUp;

    @Option(
            names = "--bytes",
            defaultValue = "1000",
            description = "Of a message, about (default: 1000, as Olm's are).")
    private int bytes;

    @Option(
            names = "--backlog",
            defaultValue = "0",
            description = "Then so many messages for one device that is away (default: 0).")
    private int backlog;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    private int measure(Target target) throws IOException {
        Shape shape = Shape.chat(recipients + senders, 1, 1);
        List<Account> accounts = targets.prepare(target, shape, report).accounts();
        ToDeviceRun run =
                new ToDeviceRun(
                        target,
                        accounts.subList(recipients, accounts.size()),
                        accounts.subList(0, recipients),
                        bytes);
        if (warmUp > 0) {
            run.run(Duration.ofSeconds(warmUp));
        }
        ToDeviceRun.Figures figures = run.run(Duration.ofSeconds(seconds));
        report.figures(figures.text(), figures.json());
        if (backlog > 0) {
            report.say(run.backlog(backlog).strip());
        }
        return figures.isCorrect() ? 0 : 1;
    }
}
