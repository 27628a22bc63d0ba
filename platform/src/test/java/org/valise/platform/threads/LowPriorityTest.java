package org.valise.platform.threads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

class LowPriorityTest {
    private static final int NICE = 18;

    @Test
    @EnabledOnOs(OS.LINUX)
    void itsThreadsAloneAreNice() throws Exception {
        int before = niceness();
        try (var threads = Executors.newSingleThreadExecutor(LowPriority.threads("nice"))) {
            int lower = threads.submit(LowPriorityTest::niceness).get();
            assertThat(lower).isEqualTo(10);
        }
        assertThat(niceness()).isEqualTo(before);
    }

    /// Of this thread: the 19th number of its status, whose second, in brackets, may have spaces.
    private static int niceness() throws Exception {
        String status = Files.readString(Path.of("/proc/thread-self/stat"));
        String[] after = status.substring(status.lastIndexOf(')') + 2).split(" ");
        return Integer.parseInt(after[NICE - 2]);
    }
}
