package org.valise.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

class ProcessesTest {
    @TempDir private Path proc;

    private void process(long pid, long parent, int ticks, int kib) throws IOException {
        Path folder = Files.createDirectory(proc.resolve(Long.toString(pid)));
        String stat = "%d (a (name) x) S %d 0 0 0 0 0 0 0 0 0 %d 1 0 0 20 0\n";
        Files.writeString(folder.resolve("stat"), stat.formatted(pid, parent, ticks));
        String rollup = "0-1 ---p 0 00:00 0 [rollup]\nRss:     %d kB\nPss:     %d kB\n";
        Files.writeString(folder.resolve("smaps_rollup"), rollup.formatted(2 * kib, kib));
    }

    @Test
    void aProcessBelongsToTheNearestGroupAboveIt() throws IOException {
        process(1, 0, 999, 1);
        process(10, 1, 100, 5);
        process(11, 10, 10, 7);
        process(20, 10, 200, 11);
        process(21, 20, 20, 13);
        List<Usage> usages =
                new Processes(proc)
                        .usages(
                                List.of(
                                        new ProcessGroup("server", 10),
                                        new ProcessGroup("PostgreSQL", 20),
                                        new ProcessGroup("gone", 30)));
        assertThat(usages)
                .containsExactly(
                        new Usage("server", 2, Duration.ofMillis(1120), 12 * 1024, 24 * 1024),
                        new Usage("PostgreSQL", 2, Duration.ofMillis(2220), 24 * 1024, 48 * 1024),
                        new Usage("gone", 0, Duration.ZERO, 0, 0));
    }
}
