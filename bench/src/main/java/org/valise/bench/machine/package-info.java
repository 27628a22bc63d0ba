/// The machine under load: a server to start and stop, and what processes cost (`/proc`, so Linux;
/// other systems show no cost). Start with [BenchServer].
@NullMarked
package org.valise.bench.machine;

import org.jspecify.annotations.NullMarked;
