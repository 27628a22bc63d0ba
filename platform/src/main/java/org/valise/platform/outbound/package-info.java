/// Requests that this server makes: HTTPS only, to addresses that the operator allows, never more
/// than a bounded body, never for ever.
///
/// Start reading at [Outbound]. Invariant: the address that was checked is the one that is
/// connected to.
@NullMarked
package org.valise.platform.outbound;

import org.jspecify.annotations.NullMarked;
