/// What this server is and can do: versions, capabilities, well-known files.
///
/// Spec: client-server API, "Server Discovery", "API Versions", "Capabilities negotiation".
@NullMarked
package org.valise.accounts.discovery;

import org.jspecify.annotations.NullMarked;
