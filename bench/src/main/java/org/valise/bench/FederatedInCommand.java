package org.valise.bench;

import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.CpuWatch;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.bench.resident.InboundRun;
import org.valise.bench.resident.MockServers;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Events that other servers send.
@Command(
        name = "federated-in",
        description = "Takes in events of other servers, as fast as it acknowledges them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FederatedInCommand implements Callable<Integer> {
    @Option(
            names = "--rooms",
            defaultValue = "1",
            description = "Each gets its events from a server of its own (default: 1).")
    private int rooms;

    @Option(
            names = "--events",
            defaultValue = "20000",
            description = "In all rooms together (default: 20000).")
    private int events;

    @Option(
            names = "--warm-up",
            defaultValue = "10000",
            description = "Events before it counts (default: 10000).")
    private int warmUp;

    @Option(
            names = "--servers",
            defaultValue = "8",
            description = "That send at the same time, at most (default: 8).")
    private int servers;

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        try (TemporaryFolder place = folder.temporary();
                MockServers mocks = new MockServers(Math.min(rooms, servers), 0, place.path());
                BenchServer server =
                        BenchServer.start(place.path().resolve("data"), mocks.options());
                InboundRun run = new InboundRun(server.uri(), mocks, rooms)) {
            report.say(server.description());
            if (warmUp > 0) {
                InboundRun.Prepared before = run.prepare(warmUp);
                run.send(before);
                run.verify(before);
            }
            InboundRun.Prepared load = run.prepare(events);
            CpuWatch cpu = CpuWatch.over(server);
            InboundRun.Times times = run.send(load);
            List<CpuWatch.Share> shares = cpu.shares();
            run.verify(load);
            report(events, times.acknowledged(), times.readable(), shares);
            return 0;
        }
    }

    private void report(int count, long acknowledged, long readable, List<CpuWatch.Share> shares)
            throws IOException {
        double perSecond = count * 1e9 / readable;
        report.figures(
                String.format(
                        Locale.ROOT,
                        "%d events in %d rooms: acknowledged after %.2f s, readable after %.2f s:"
                                + " %.0f/s%nCPU: %s",
                        count,
                        rooms,
                        acknowledged / 1e9,
                        readable / 1e9,
                        perSecond,
                        CpuWatch.text(shares)),
                JsonObject.of(
                        "events",
                        count,
                        "rooms",
                        rooms,
                        "acknowledged_seconds",
                        acknowledged / 1e9,
                        "readable_seconds",
                        readable / 1e9,
                        "per_second",
                        perSecond,
                        "cpu",
                        CpuWatch.json(shares)));
    }
}
