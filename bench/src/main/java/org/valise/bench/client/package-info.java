/// As little of a Matrix client as a load generator needs, over an HTTP client that costs little:
/// the generator shares the machine with what it measures. Start with [MatrixClient].
///
/// Spec: Client-Server API.
@NullMarked
package org.valise.bench.client;

import org.jspecify.annotations.NullMarked;
