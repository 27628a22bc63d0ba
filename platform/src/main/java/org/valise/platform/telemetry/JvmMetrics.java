package org.valise.platform.telemetry;

import io.prometheus.metrics.core.metrics.CounterWithCallback;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/// The few figures of the JVM that tell whether it is well.
public final class JvmMetrics {
    private JvmMetrics() {}

    public static void register(Metrics metrics) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        metrics.gauge(
                "valise_jvm_heap_used_bytes",
                "Heap in use",
                () -> memory.getHeapMemoryUsage().getUsed());
        metrics.gauge(
                "valise_jvm_heap_max_bytes",
                "Heap at most",
                () -> memory.getHeapMemoryUsage().getMax());
        metrics.gauge(
                "valise_jvm_nonheap_used_bytes",
                "Metaspace and compiled code",
                () -> memory.getNonHeapMemoryUsage().getUsed());
        metrics.gauge(
                "valise_jvm_platform_threads",
                "Platform threads",
                () -> ManagementFactory.getThreadMXBean().getThreadCount());
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.UnixOperatingSystemMXBean system) {
            metrics.counted(
                    "valise_process_cpu_seconds_total",
                    "CPU time used",
                    () -> system.getProcessCpuTime() / 1e9);
            metrics.gauge(
                    "valise_process_open_fds",
                    "Open file descriptors",
                    system::getOpenFileDescriptorCount);
            metrics.gauge(
                    "valise_process_max_fds",
                    "File descriptors at most",
                    system::getMaxFileDescriptorCount);
        }
        metrics.gauge(
                "valise_process_uptime_seconds",
                "Time since start",
                () -> ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
        collections(metrics);
    }

    private static void collections(Metrics metrics) {
        CounterWithCallback.builder()
                .name("valise_jvm_gc_seconds_total")
                .help("Time spent collecting garbage")
                .labelNames("collector")
                .callback(callback -> {
                    for (GarbageCollectorMXBean collector :
                            ManagementFactory.getGarbageCollectorMXBeans()) {
                        callback.call(collector.getCollectionTime() / 1e3, collector.getName());
                    }
                })
                .register(metrics.registry());
        CounterWithCallback.builder()
                .name("valise_jvm_gc_collections_total")
                .help("Garbage collections")
                .labelNames("collector")
                .callback(callback -> {
                    for (GarbageCollectorMXBean collector :
                            ManagementFactory.getGarbageCollectorMXBeans()) {
                        callback.call(collector.getCollectionCount(), collector.getName());
                    }
                })
                .register(metrics.registry());
    }
}
