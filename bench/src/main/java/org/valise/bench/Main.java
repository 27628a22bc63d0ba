package org.valise.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of the benchmarks; `docs/benchmarks.md` says what each measures.
@Command(
        name = "./dev bench",
        description = "Benchmarks of Valise. docs/benchmarks.md says what each measures.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = {
            ChatCommand.class,
            HotRoomCommand.class,
            InitialSyncCommand.class,
            ClaimsCommand.class,
            KeyQueryCommand.class,
            CatchUpCommand.class,
            ToDeviceCommand.class,
            SpaceCommand.class,
            PublicRoomsCommand.class,
            FederatedJoinCommand.class,
            FederatedInCommand.class,
            FederatedOutCommand.class,
            StartCommand.class,
            SnapshotCommand.class,
            TwoNodesCommand.class,
            OrderCommand.class,
            MicroCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println("bench: " + failure.getMessage());
            if (System.getProperty("valise.bench.trace") != null) {
                failure.printStackTrace(command.getErr());
            }
            return 1;
        });
        System.exit(arguments.length == 0 ? line.execute("--help") : line.execute(arguments));
    }
}
