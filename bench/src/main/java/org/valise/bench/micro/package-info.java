/// What the inner loops cost by themselves: each class gives a few
/// [org.valise.bench.micro.Figure]s. They tell where time goes, not how fast a server is.
@NullMarked
package org.valise.bench.micro;

import org.jspecify.annotations.NullMarked;
