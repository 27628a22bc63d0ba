/// JSON as Matrix needs it: an immutable tree, a strict parser for bytes from strangers, a compact
/// writer and Canonical JSON.
///
/// Spec: Appendices, "Signing JSON" and "Canonical JSON". Start with [Json] and [JsonObject].
///
/// Invariants: a parsed tree holds no duplicate keys, no lone surrogates and nothing nested deeper
/// than [Json#MAX_DEPTH]; every value is immutable and may be shared between threads without
/// synchronization.
@NullMarked
package org.valise.protocol.json;

import org.jspecify.annotations.NullMarked;
