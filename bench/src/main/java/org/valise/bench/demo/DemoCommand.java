package org.valise.bench.demo;

import org.jspecify.annotations.Nullable;
import org.valise.bench.machine.TemporaryFolder;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// `./dev demo`.
@Command(
        name = "./dev demo",
        description =
                "Starts three organizations' servers that share rooms, and shows one room as each"
                        + " of them sees it.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class DemoCommand implements Callable<Integer> {
    private static final long STOP_SECONDS = 60;

    @Option(
            names = "--check",
            description =
                    "Take servers down and bring them back unattended, verify that all agree, and"
                            + " end: 0 if they do.")
    private boolean check;

    @Option(
            names = "--port",
            defaultValue = "8100",
            description =
                    "Of the page; the servers have the next three. Others are taken where these are"
                            + " not free (default: 8100).")
    private int port;

    @Option(
            names = "--folder",
            description = "Where the servers' folders are made (default: a temporary folder).")
    private @Nullable Path folder;

    @Option(names = "--keep", description = "Leave data and logs there.")
    private boolean keep;

    private final Thread main = Thread.currentThread();
    private final CountDownLatch closed = new CountDownLatch(1);

    public static void main(String... arguments) {
        CommandLine line = new CommandLine(new DemoCommand());
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("demo: " + failure.getMessage());
            return 1;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Path parent = folder == null ? Path.of(System.getProperty("java.io.tmpdir")) : folder;
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::end));
        Ports ports = new Ports(port);
        int pagePort = ports.preferred();
        try (TemporaryFolder place = TemporaryFolder.in(parent, keep);
                DemoFederation federation =
                        DemoFederation.start(place.path(), ports, DemoCommand::say);
                Watches watches = new Watches(federation);
                DemoPage page = new DemoPage(federation, watches.all(), pagePort)) {
            if (check) {
                new DemoCheck(federation, watches.all(), DemoCommand::say).run();
                say("All three servers have every event and the same state.");
                return 0;
            }
            explain(federation, page);
            awaitEnd();
            return 0;
        } finally {
            closed.countDown();
        }
    }

    private static void awaitEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException ended) {
            say("stopping ...");
        }
    }

    /// Watches all organizations.
    private record Watches(List<RoomWatch> all) implements AutoCloseable {
        Watches(DemoFederation federation) {
            this(
                    federation.organizations().stream()
                            .map(organization -> new RoomWatch(organization, federation.room()))
                            .toList());
        }

        @Override
        public void close() {
            all.forEach(RoomWatch::close);
        }
    }

    private static void explain(DemoFederation federation, DemoPage page) {
        say("");
        say("Three organizations share the room \"Summit\" and #lobby:culture.example.");
        for (Organization organization : federation.organizations()) {
            say("");
            say("  %-20s %s".formatted(organization.serverName(), organization.uri()));
            for (Organization.Person person : organization.people()) {
                say(
                        "    %-28s password: %s"
                                .formatted(person.account().userId(), DemoFederation.PASSWORD));
            }
        }
        say("");
        say("Sign in with any Matrix client, by the server's address. Watch them here:");
        say("");
        say("    " + page.address());
        say("");
        say("Ctrl-C ends it; nothing stays behind.");
    }

    private static void say(String line) {
        System.out.println(line);
    }

    /// Ctrl-C: ends what is going on, and waits until the servers have stopped.
    private void end() {
        main.interrupt();
        try {
            closed.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
