package org.valise.bench;

import org.valise.bench.chat.Quantiles;
import org.valise.bench.client.Account;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.machine.Target;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Somebody looks into a large space.
@Command(
        name = "space",
        description = "The rooms of a large space, in one page.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SpaceCommand implements Callable<Integer> {
    @Option(names = "--children", defaultValue = "500", description = "(default: 500)")
    private int children;

    @Option(
            names = "--runs",
            defaultValue = "50",
            description = "Warm ones, after the first (default: 50).")
    private int runs;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    private int measure(Target target) throws IOException {
        report.say(target.description());
        try (MatrixClient client = new MatrixClient(target.uri(), null)) {
            Account maker = client.register("maker" + System.nanoTime());
            Account reader = client.register("reader" + System.nanoTime());
            String space = prepare(client, maker);
            String path =
                    "/_matrix/client/v1/rooms/"
                            + MatrixClient.encoded(space)
                            + "/hierarchy?limit="
                            + (children + 1);
            long begin = System.nanoTime();
            HttpAnswer first = client.ask("GET", path, reader, null);
            long firstTook = System.nanoTime() - begin;
            long[] times = new long[runs];
            for (int run = 0; run < runs; run++) {
                begin = System.nanoTime();
                client.ask("GET", path, reader, null);
                times[run] = System.nanoTime() - begin;
            }
            int shown = Json.parseObject(first.body()).array("rooms").orElseThrow().values().size();
            tell(shown, first.body().length, firstTook, Quantiles.of(times));
            return shown == children + 1 ? 0 : 1;
        }
    }

    private String prepare(MatrixClient client, Account maker) throws IOException {
        String space =
                client.createRoom(
                        maker,
                        JsonObject.of(
                                "preset",
                                "public_chat",
                                "name",
                                "A large space",
                                "creation_content",
                                JsonObject.of("type", "m.space")));
        JsonObject link = JsonObject.of("via", JsonArray.of("localhost"));
        for (int i = 0; i < children; i++) {
            String room =
                    client.createRoom(
                            maker,
                            JsonObject.of(
                                    "preset",
                                    "public_chat",
                                    "name",
                                    "Room " + i,
                                    "topic",
                                    "What room " + i + " is about"));
            client.setState(maker, space, "m.space.child", room, link);
        }
        return space;
    }

    private void tell(int shown, int bytes, long first, Quantiles warm) throws IOException {
        String text =
                String.format(
                        Locale.ROOT,
                        "space of %,d rooms (%,d bytes)%n  first      %.1f ms%n  warm       %s%n",
                        shown,
                        bytes,
                        first / 1e6,
                        warm);
        JsonObject figures =
                JsonObject.of(
                        "rooms",
                        shown,
                        "bytes",
                        bytes,
                        "first_ms",
                        first / 1e6,
                        "warm_ms",
                        warm.json());
        report.figures(text, figures);
    }
}
