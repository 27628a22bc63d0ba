package org.valise.bench;

import org.valise.bench.chat.Parallel;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Quantiles;
import org.valise.bench.chat.Shape;
import org.valise.bench.client.Account;
import org.valise.bench.client.HttpAnswer;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.keys.KeyedDevice;
import org.valise.bench.machine.Target;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

/// One member of a large room asks for everybody's keys.
@Command(
        name = "key-query",
        description = "The keys of all members of a room: time to the last byte.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class KeyQueryCommand implements Callable<Integer> {
    @Option(names = "--members", defaultValue = "1000", description = "(default: 1000)")
    private int members;

    @Option(names = "--devices", defaultValue = "3", description = "Of each (default: 3).")
    private int devices;

    @Option(
            names = "--runs",
            defaultValue = "20",
            description = "Warm ones, after the first (default: 20).")
    private int runs;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    private int measure(Target target) throws IOException {
        Population population = targets.prepare(target, Shape.chat(members, 1, members), report);
        List<Account> accounts = population.accounts();
        try (MatrixClient client = new MatrixClient(target.uri(), null)) {
            Parallel.run(
                    members * devices,
                    i -> {
                        Account account = accounts.get(i % members);
                        KeyedDevice.of(client, i < members ? account : client.logIn(account));
                    });
            JsonObject.Builder users = JsonObject.builder();
            accounts.forEach(account -> users.put(account.userId(), JsonArray.of()));
            JsonObject request = JsonObject.of("device_keys", users.build());
            Account asking = accounts.getFirst();
            long first = System.nanoTime();
            HttpAnswer answer = client.keysUnread("query", asking, request);
            first = System.nanoTime() - first;
            long[] times = new long[runs];
            for (int run = 0; run < runs; run++) {
                long begin = System.nanoTime();
                client.keysUnread("query", asking, request);
                times[run] = System.nanoTime() - begin;
            }
            int found = devicesIn(answer);
            tell(found, answer.body().length, first, Quantiles.of(times));
            return found == members * devices ? 0 : 1;
        }
    }

    private static int devicesIn(HttpAnswer answer) {
        JsonObject users =
                Json.parseObject(answer.body()).object("device_keys").orElse(JsonObject.of());
        return users.keys().stream()
                .mapToInt(user -> users.object(user).map(JsonObject::size).orElse(0))
                .sum();
    }

    private void tell(int found, int bytes, long first, Quantiles warm) throws IOException {
        report.figures(
                String.format(
                        Locale.ROOT,
                        """
                        keys of %,d users: %,d of %,d devices, %,d bytes
                          first        %.0f ms to the last byte
                          warm (%d)    %s
                        """,
                        members,
                        found,
                        members * devices,
                        bytes,
                        first / 1e6,
                        runs,
                        warm),
                JsonObject.of(
                        "devices",
                        found,
                        "bytes",
                        bytes,
                        "first_ms",
                        first / 1e6,
                        "warm_ms",
                        warm.json()));
    }
}
