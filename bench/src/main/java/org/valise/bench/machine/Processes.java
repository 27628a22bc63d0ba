package org.valise.bench.machine;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads `/proc`.
public final class Processes {
    private static final long TICKS_PER_SECOND = 100; // USER_HZ, on every Linux that Java runs on
    private static final int PAGE = 4096;

    private final Path proc;

    Processes(Path proc) {
        this.proc = proc;
    }

    public static Processes ofThisMachine() {
        return new Processes(Path.of("/proc"));
    }

    private record Stat(long pid, long parent, Duration cpu) {}

    /// One usage a group, in their order.
    public List<Usage> usages(List<ProcessGroup> groups) {
        Map<Long, List<Stat>> children = new HashMap<>();
        Map<Long, Stat> all = new HashMap<>();
        for (Stat stat : stats()) {
            all.put(stat.pid, stat);
            children.computeIfAbsent(stat.parent, parent -> new ArrayList<>()).add(stat);
        }
        Set<Long> heads = groups.stream().map(ProcessGroup::pid).collect(Collectors.toSet());
        List<Usage> usages = new ArrayList<>();
        for (ProcessGroup group : groups) {
            List<Stat> members = new ArrayList<>();
            Deque<Stat> pending = new ArrayDeque<>();
            if (all.containsKey(group.pid())) {
                pending.add(all.get(group.pid()));
            }
            while (!pending.isEmpty()) {
                Stat stat = pending.pop();
                members.add(stat);
                children.getOrDefault(stat.pid, List.of()).stream()
                        .filter(child -> !heads.contains(child.pid))
                        .forEach(pending::add);
            }
            usages.add(usage(group.name(), members));
        }
        return usages;
    }

    private Usage usage(String name, List<Stat> members) {
        Duration cpu = Duration.ZERO;
        long pss = 0;
        long rss = 0;
        for (Stat member : members) {
            cpu = cpu.plus(member.cpu);
            Map<String, Long> memory = memory(member.pid);
            pss += memory.getOrDefault("Pss:", 0L);
            rss += memory.getOrDefault("Rss:", 0L);
        }
        return new Usage(name, members.size(), cpu, pss, rss);
    }

    /// Resident memory of one process in bytes, cheap enough to be asked often; 0 if there is none.
    public long residentBytes(long pid) {
        String statm = text(proc.resolve(pid + "/statm"));
        return statm == null ? 0 : Long.parseLong(statm.split(" ")[1]) * PAGE;
    }

    private List<Stat> stats() {
        List<Stat> stats = new ArrayList<>();
        if (!Files.isDirectory(proc)) {
            return stats;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path folder : folders) {
                String stat = text(folder.resolve("stat"));
                if (stat != null) {
                    stats.add(parse(stat));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return stats;
    }

    /// The command, in brackets, may hold anything; after it stand the state, the parent and, from
    /// the twelfth on, the times.
    private static Stat parse(String stat) {
        int close = stat.lastIndexOf(')');
        String[] fields = stat.substring(close + 2).split(" ");
        long ticks = 0;
        for (int i = 11; i <= 14; i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return new Stat(
                Long.parseLong(stat.substring(0, stat.indexOf(' '))),
                Long.parseLong(fields[1]),
                Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND));
    }

    private Map<String, Long> memory(long pid) {
        String rollup = text(proc.resolve(pid + "/smaps_rollup"));
        Map<String, Long> bytes = new HashMap<>();
        if (rollup != null) {
            for (String line : rollup.lines().skip(1).toList()) {
                String[] fields = line.split(" +");
                bytes.put(fields[0], Long.parseLong(fields[1]) * 1024);
            }
        }
        return bytes;
    }

    /// Null if the process has ended, or is not ours to look at.
    private static @Nullable String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return null;
        }
    }
}
