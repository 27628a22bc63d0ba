package org.valise.bench.machine;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What processor time goes to whom from a moment on: the server, its database, and the generator.
public final class CpuWatch {
    private final List<ProcessGroup> groups;
    private final List<Usage> before;
    private final long begin = System.nanoTime();

    private CpuWatch(List<ProcessGroup> groups) {
        this.groups = groups;
        this.before = Processes.ofThisMachine().usages(groups);
    }

    public static CpuWatch over(Target target) {
        List<ProcessGroup> groups = new ArrayList<>(target.processes());
        groups.add(new ProcessGroup("generator", ProcessHandle.current().pid()));
        return new CpuWatch(groups);
    }

    /// What one group has had.
    ///
    /// @param cores how many cores it kept busy
    public record Share(String name, Duration cpu, double cores) {}

    /// What each has had until now.
    public List<Share> shares() {
        double wall = System.nanoTime() - begin;
        List<Usage> now = Processes.ofThisMachine().usages(groups);
        List<Share> shares = new ArrayList<>();
        for (int i = 0; i < now.size(); i++) {
            Duration cpu = now.get(i).cpu().minus(before.get(i).cpu());
            shares.add(new Share(now.get(i).name(), cpu, cpu.toNanos() / wall));
        }
        return shares;
    }

    public static String text(List<Share> shares) {
        return shares.stream()
                .map(share ->
                        String.format(
                                Locale.ROOT,
                                "%s %.1f s (%.2f cores)",
                                share.name(),
                                share.cpu().toMillis() / 1000.0,
                                share.cores()))
                .collect(Collectors.joining(", "));
    }

    public static JsonArray json(List<Share> shares) {
        return JsonArray.of(
                shares.stream()
                        .map(share ->
                                JsonObject.of(
                                        "name",
                                        share.name(),
                                        "cpu_seconds",
                                        share.cpu().toMillis() / 1000.0,
                                        "cores",
                                        share.cores()))
                        .toList());
    }
}
