package org.valise.bench.machine;

/// A process with all its descendants, but for those of another group below it.
public record ProcessGroup(String name, long pid) {}
