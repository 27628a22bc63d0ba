package org.valise.bench;

import org.valise.bench.chat.Parallel;
import org.valise.bench.chat.Population;
import org.valise.bench.chat.Quantiles;
import org.valise.bench.chat.Shape;
import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.bench.keys.KeyedDevice;
import org.valise.bench.machine.Target;
import org.valise.protocol.json.JsonObject;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// One-time keys are claimed until none is left: how fast, and each exactly once.
@Command(
        name = "claims",
        description = "One-time keys claimed, one a request: rate, each key exactly once.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ClaimsCommand implements Callable<Integer> {
    @Option(names = "--devices", defaultValue = "20", description = "(default: 20)")
    private int devices;

    @Option(names = "--keys", defaultValue = "2000", description = "A device (default: 2000).")
    private int keys;

    @Option(
            names = "--claimers",
            defaultValue = "32",
            description = "Claims at a time (default: 32).")
    private int claimers;

    @Mixin private TargetOptions targets = new TargetOptions();
    @Mixin private Report report = new Report();

    @Override
    public Integer call() throws IOException {
        return targets.with(this::measure);
    }

    private int measure(Target target) throws IOException {
        Shape shape = new Shape(devices, 1, 1, false, 0);
        Population population = targets.prepare(target, shape, report);
        List<Account> accounts = population.accounts();
        try (MatrixClient client = new MatrixClient(target.uri(), null)) {
            KeyedDevice[] owners = new KeyedDevice[devices];
            Parallel.run(
                    devices,
                    i -> {
                        owners[i] = KeyedDevice.of(client, accounts.get(i));
                        owners[i].uploadOneTimeKeys(client, keys);
                    });
            Set<String> given = ConcurrentHashMap.newKeySet();
            AtomicInteger wrong = new AtomicInteger();
            int claims = devices * keys;
            long[] times = new long[claims];
            long begin = System.nanoTime();
            Parallel.run(
                    claims,
                    claimers,
                    i -> {
                        long sent = System.nanoTime();
                        String key = owners[i % devices].claim(client, accounts.get(i % devices));
                        times[i] = System.nanoTime() - sent;
                        if (key.isEmpty() || !given.add(i % devices + " " + key)) {
                            wrong.incrementAndGet();
                        }
                    });
            double seconds = (System.nanoTime() - begin) / 1e9;
            Parallel.run(
                    devices,
                    i -> {
                        if (!owners[i].claim(client, accounts.get(i)).isEmpty()) {
                            wrong.incrementAndGet();
                        }
                    });
            tell(claims, seconds, Quantiles.of(times), wrong.get());
            return wrong.get() == 0 ? 0 : 1;
        }
    }

    private void tell(int claims, double seconds, Quantiles times, int wrong) throws IOException {
        report.figures(
                String.format(
                        Locale.ROOT,
                        """
                        %,d claims by %d at a time in %.1f s: %.0f/s
                          claim        %s
                          given twice, not given, or given after the last: %d
                        """,
                        claims,
                        claimers,
                        seconds,
                        claims / seconds,
                        times,
                        wrong),
                JsonObject.of(
                        "claims",
                        claims,
                        "claims_per_second",
                        claims / seconds,
                        "claim_ms",
                        times.json(),
                        "wrong",
                        wrong));
    }
}
