package org.valise.bench;

import org.valise.bench.chat.Quantiles;
import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.CpuWatch;
import org.valise.bench.machine.MemoryWatch;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.bench.resident.MockServers;
import org.valise.bench.resident.ResidentRoom;
import org.valise.bench.resident.RoundTrips;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Joining a large room of other servers.
@Command(
        name = "federated-join",
        description = "Joins a large room that other servers have, while people talk elsewhere.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FederatedJoinCommand implements Callable<Integer> {
    private static final long MEBIBYTE = 1 << 20;
    private static final int MEMBERS_OF_A_SERVER = 100;

    @Option(names = "--members", defaultValue = "50000", description = "(default: 50000)")
    private int members;

    @Option(names = "--servers", defaultValue = "500", description = "(default: 500)")
    private int servers;

    @Option(
            names = "--earlier",
            defaultValue = "5000",
            description =
                    "Members of a room of other servers, a hundred of each, that is joined first: a"
                            + " server is rarely new (default: 5000).")
    private int earlier;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            description = "Seconds of talk elsewhere before it counts (default: 10).")
    private int warmUp;

    @Option(
            names = "--calm",
            defaultValue = "20",
            description = "Seconds of talk elsewhere to compare with (default: 20).")
    private int calm;

    @Option(
            names = "--afterwards",
            defaultValue = "5",
            description = "Seconds of talk elsewhere when it has been answered (default: 5).")
    private int afterwards;

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        int all = servers + Math.ceilDiv(earlier, MEMBERS_OF_A_SERVER);
        try (TemporaryFolder place = folder.temporary();
                MockServers mocks = new MockServers(all, 0, place.path());
                BenchServer server =
                        BenchServer.start(place.path().resolve("data"), mocks.options());
                MatrixClient client = new MatrixClient(server.uri(), null)) {
            report.say(server.description());
            Account joiner = client.register("joiner");
            if (earlier > 0) {
                var _ = join(client, joiner, mocks, mocks.room(earlier, servers, all));
            }
            ResidentRoom room = mocks.room(members, 0, servers);
            report.say(
                    "a room of %d members of %d servers, an answer of %.1f MiB"
                            .formatted(members, servers, (double) room.answerBytes() / MEBIBYTE));
            try (RoundTrips elsewhere = new RoundTrips(server.uri());
                    MemoryWatch memory = MemoryWatch.over(server.processes().subList(0, 1))) {
                Thread.sleep(Duration.ofSeconds(warmUp));
                elsewhere.take();
                Thread.sleep(Duration.ofSeconds(calm));
                Quantiles before = elsewhere.take();
                CpuWatch cpu = CpuWatch.over(server);
                Duration took = join(client, joiner, mocks, room);
                List<CpuWatch.Share> shares = cpu.shares();
                Quantiles during = elsewhere.take();
                Thread.sleep(Duration.ofSeconds(afterwards));
                Quantiles after = elsewhere.take();
                int known = members(client, joiner, room);
                report(took, new Elsewhere(before, during, after), memory.growth(), known, shares);
                return known == members + 2 ? 0 : 1; // with the room's creator and ourselves
            }
        }
    }

    private static Duration join(
            MatrixClient client, Account joiner, MockServers mocks, ResidentRoom room)
            throws IOException {
        long begin = System.nanoTime();
        client.ask("POST", mocks.joinPath(room), joiner, JsonObject.of());
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static int members(MatrixClient client, Account joiner, ResidentRoom room)
            throws IOException {
        String path =
                "/_matrix/client/v3/rooms/%s/members?membership=join"
                        .formatted(MatrixClient.encoded(room.id().value()));
        return MatrixClient.object(client.ask("GET", path, joiner, null))
                .array("chunk")
                .orElse(JsonArray.of())
                .size();
    }

    /// How long a message takes in another room, beside the join.
    private record Elsewhere(Quantiles before, Quantiles during, Quantiles after) {}

    private void report(
            Duration took, Elsewhere talk, long memory, int known, List<CpuWatch.Share> shares)
            throws IOException {
        report.figures(
                String.format(
                        Locale.ROOT,
                        """
                        join answered after   %.1f s, with %d members
                        memory of the JVM     + %d MiB at most
                        elsewhere, before     %s
                        elsewhere, during     %s
                        elsewhere, after      %s
                        CPU                   %s
                        """,
                        took.toMillis() / 1000.0,
                        known,
                        memory / MEBIBYTE,
                        talk.before(),
                        talk.during(),
                        talk.after(),
                        CpuWatch.text(shares)),
                JsonObject.of(
                        "seconds",
                        took.toMillis() / 1000.0,
                        "members",
                        known,
                        "memory_growth",
                        memory,
                        "before_ms",
                        talk.before().json(),
                        "during_ms",
                        talk.during().json(),
                        "after_ms",
                        talk.after().json(),
                        "cpu",
                        CpuWatch.json(shares)));
    }
}
