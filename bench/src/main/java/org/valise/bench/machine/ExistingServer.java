package org.valise.bench.machine;

import java.net.URI;
import java.util.List;

/// A server that somebody else started; it goes on afterwards.
public record ExistingServer(URI uri, List<ProcessGroup> processes) implements Target {
    @Override
    public String description() {
        return "the server at " + uri;
    }

    @Override
    public void close() {}
}
