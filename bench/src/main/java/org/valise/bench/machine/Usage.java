package org.valise.bench.machine;

import java.time.Duration;

/// What a group of processes has used until now and holds now.
///
/// @param cpu user and system time, also of children that ended
/// @param pss proportional memory in bytes: shared memory counts once
/// @param rss resident memory in bytes: shared memory counts in each process
public record Usage(String name, int processes, Duration cpu, long pss, long rss) {}
