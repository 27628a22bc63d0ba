package org.valise.platform.threads;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// Threads for what takes a processor for seconds: they run when nobody else wants to. The JVM's
/// own priorities do nothing on Linux.
public final class LowPriority {
    private static final int NICE = 10;

    /// `setpriority(PRIO_PROCESS, 0, …)`, which on Linux alone is about the calling thread.
    private static final Optional<MethodHandle> SET_PRIORITY =
            System.getProperty("os.name").equals("Linux") ? find("setpriority") : Optional.empty();

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

    private static void lower() {
        if (SET_PRIORITY.isEmpty()) {
            return;
        }
        try {
            // Lowering is always allowed; were it not, the thread would be like others.
            int _ = (int) SET_PRIORITY.get().invokeExact(0, 0, NICE);
        } catch (Throwable e) {
            throw new IllegalStateException("a call that throws nothing has failed", e);
        }
    }

    private static Optional<MethodHandle> find(String function) {
        Linker linker = Linker.nativeLinker();
        var number = ValueLayout.JAVA_INT;
        var type = FunctionDescriptor.of(number, number, number, number);
        return linker.defaultLookup()
                .find(function)
                .map(address -> linker.downcallHandle(address, type));
    }
}
