/// The redaction algorithm: which keys of an event survive, by room version.
///
/// Spec: Room Versions, "Redactions".
@NullMarked
package org.valise.protocol.redaction;

import org.jspecify.annotations.NullMarked;
