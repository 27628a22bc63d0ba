/// Third-party networks and identifiers, of which this server has none yet: what clients ask about
/// them is answered so.
///
/// Spec: client-server API, "Third-party Networks", "Adding Account Administrative Contact
/// Information". Start reading at [ThirdPartyEndpoints].
@NullMarked
package org.valise.accounts.thirdparty;

import org.jspecify.annotations.NullMarked;
