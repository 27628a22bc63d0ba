package org.valise.platform.http;

/// Is told of every request; for metrics. Must be quick and must not throw.
@FunctionalInterface
public interface RequestObserver {
    /// One that does nothing.
    RequestObserver NONE = (operation, status, nanos, bytes) -> {};

    /// @param operation the route's name, or `unmatched`
    /// @param status what was answered; 499 if the client went away before
    /// @param bytes the length of the answer's body
    void finished(String operation, int status, long nanos, long bytes);
}
