/// Devices with keys for encryption, as far as a server can tell: the keys are random bytes.
@NullMarked
package org.valise.bench.keys;

import org.jspecify.annotations.NullMarked;
