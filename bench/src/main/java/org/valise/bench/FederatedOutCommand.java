package org.valise.bench;

import org.valise.bench.chat.Quantiles;
import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.bench.resident.MockServers;
import org.valise.bench.resident.ResidentRoom;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One event to many servers.
@Command(
        name = "federated-out",
        description = "Sends events to many servers, of which some are dead.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FederatedOutCommand implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 60;
    private static final int PERCENT = 100;

    @Option(names = "--servers", defaultValue = "500", description = "(default: 500)")
    private int servers;

    @Option(
            names = "--dead",
            defaultValue = "10",
            description =
                    "Per cent of them that do not answer: half refuse connections, half take them"
                            + " and are silent (default: 10).")
    private int dead;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            description =
                    "Events, one after the other; the first makes all connections"
                            + " (default: 5).")
    private int rounds;

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        int silent = servers * dead / PERCENT;
        try (TemporaryFolder place = folder.temporary();
                MockServers mocks = new MockServers(servers, silent, place.path());
                BenchServer server =
                        BenchServer.start(place.path().resolve("data"), mocks.options());
                MatrixClient client = new MatrixClient(server.uri(), null)) {
            report.say(server.description());
            Account speaker = client.register("speaker");
            ResidentRoom room = mocks.room(servers);
            client.ask("POST", mocks.joinPath(room), speaker, JsonObject.of());
            StringBuilder text = new StringBuilder();
            JsonObject.Builder figures = JsonObject.builder();
            boolean all = true;
            for (int round = 1; round <= rounds; round++) {
                Quantiles times =
                        round(client, speaker, room, mocks, "event number " + round + ".");
                all &= times.count() == mocks.alive();
                text.append(
                        String.format(
                                Locale.ROOT,
                                "event %d reached %d of %d that live: %s%n",
                                round,
                                times.count(),
                                mocks.alive(),
                                times));
                figures.put("event " + round, times.json());
            }
            report.figures(text.toString(), figures.build());
            return all ? 0 : 1;
        }
    }

    /// From the beginning of the send until each server has it.
    private static Quantiles round(
            MatrixClient client, Account speaker, ResidentRoom room, MockServers mocks, String body)
            throws IOException, InterruptedException {
        Map<String, Long> arrived = new ConcurrentHashMap<>();
        CountDownLatch all = new CountDownLatch(mocks.alive());
        mocks.onTransaction((server, transaction) -> {
            boolean carries = new String(transaction, StandardCharsets.UTF_8).contains(body);
            if (carries && arrived.putIfAbsent(server.value(), System.nanoTime()) == null) {
                all.countDown();
            }
        });
        long begin = System.nanoTime();
        client.send(speaker, room.id().value(), body);
        all.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return Quantiles.of(arrived.values().stream().mapToLong(at -> at - begin).toArray());
    }
}
