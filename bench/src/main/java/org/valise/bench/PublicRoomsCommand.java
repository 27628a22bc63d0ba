package org.valise.bench;

import org.valise.bench.chat.Quantiles;
import org.valise.bench.client.Account;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.machine.BenchServer;
import org.valise.bench.machine.PublishedRooms;
import org.valise.bench.machine.TemporaryFolder;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;

/// A large directory of public rooms.
@Command(
        name = "public-rooms",
        description = "Pages of, and searches in, a large directory of public rooms.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PublicRoomsCommand implements Callable<Integer> {
    private static final String PATH = "/_matrix/client/v3/publicRooms";

    @Option(names = "--rooms", defaultValue = "100000", description = "(default: 100000)")
    private int rooms;

    @Option(names = "--runs", defaultValue = "50", description = "Of each (default: 50).")
    private int runs;

    private final StringBuilder text = new StringBuilder();
    private final JsonObject.Builder figures = JsonObject.builder();

    @Mixin private FolderOptions folder = new FolderOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        try (TemporaryFolder place = folder.temporary();
                BenchServer server = BenchServer.start(place.path().resolve("data"));
                MatrixClient client = new MatrixClient(server.uri(), null)) {
            report.say(server.description());
            Account reader = client.register("reader");
            PublishedRooms.write(server.jdbcUrl(), rooms);
            boolean right =
                    measure(client, reader, "first page", "", 100)
                            & measure(client, reader, "a word of every room", "subject", 100)
                            & measure(client, reader, "the name of one room", "room " + rooms, 1)
                            & measure(client, reader, "a word of no room", "zzyzx", 0)
                            & measure(client, reader, "two letters of every room", "ro", 100);
            report.figures(text.toString(), figures.build());
            return right ? 0 : 1;
        }
    }

    /// @return whether as many rooms were found as there should be
    private boolean measure(
            MatrixClient client, Account reader, String what, String term, int expected)
            throws IOException {
        JsonObject request =
                JsonObject.of(
                        "limit",
                        100,
                        "filter",
                        term.isEmpty()
                                ? JsonObject.of()
                                : JsonObject.of("generic_search_term", term));
        int found = 0;
        long[] times = new long[runs];
        for (int run = 0; run < runs; run++) {
            long begin = System.nanoTime();
            HttpAnswer answer = client.ask("POST", PATH, reader, request);
            times[run] = System.nanoTime() - begin;
            found = Json.parseObject(answer.body()).array("chunk").orElseThrow().values().size();
        }
        Quantiles quantiles = Quantiles.of(times);
        text.append(String.format(Locale.ROOT, "%-26s %3d rooms  %s%n", what, found, quantiles));
        figures.put(what, JsonObject.of("rooms", found, "ms", quantiles.json()));
        return found == expected;
    }
}
