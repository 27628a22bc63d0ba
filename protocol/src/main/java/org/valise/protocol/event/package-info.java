/// Events (PDUs): their format in each room version, their hashes, identifiers and signatures.
///
/// Spec: Server-Server API, "PDUs" and "Signing Events"; Room Versions, "Event format". Start with
/// [Event] and [EventBuilder].
@NullMarked
package org.valise.protocol.event;

import org.jspecify.annotations.NullMarked;
