package org.valise.bench.machine;

import java.net.URI;
import java.util.List;

/// What is put under load.
public sealed interface Target extends AutoCloseable permits BenchServer, ExistingServer {
    URI uri();

    /// What its cost is measured by.
    List<ProcessGroup> processes();

    /// In a few words, for the report.
    String description();

    @Override
    void close();
}
