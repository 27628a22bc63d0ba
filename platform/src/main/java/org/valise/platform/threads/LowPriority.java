package org.valise.platform.threads;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// Threads for what takes a processor for seconds: they run when nobody else wants to. The JVM's
/// own priorities do nothing on Linux.
public final class LowPriority {
    private static final int NICE = 10;

    private LowPriority() {}

    /// Makes threads that end with the process. Where the system is not Linux they are like others.
    public static ThreadFactory threads(String name) {
        return work ->
                Thread.ofPlatform()
                        .daemon()
                        .name(name)
                        .unstarted(() -> {
                            lower();
                            work.run();
                        });
    }

    /// `setpriority(PRIO_PROCESS, 0, …)`: on Linux alone it is about the calling thread.
    ///
    /// @return whether the thread's priority is lower now
    static boolean lower() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return false;
        }
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> function = linker.defaultLookup().find("setpriority");
        if (function.isEmpty()) {
            return false;
        }
        var number = ValueLayout.JAVA_INT;
        var type = FunctionDescriptor.of(number, number, number, number);
        try {
            return (int) linker.downcallHandle(function.get(), type).invokeExact(0, 0, NICE) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("a call without effects failed", e);
        }
    }
}
