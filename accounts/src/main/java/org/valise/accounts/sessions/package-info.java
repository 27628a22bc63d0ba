/// Who is logged in, on which device, with which access token.
///
/// Spec: client-server API, "Using access tokens", "Device Management". Tables owned:
/// `accounts.session`. Start reading at [Sessions]. Invariant: a token is stored only as its hash,
/// and a revoked one is refused from the moment its revocation is answered.
@NullMarked
package org.valise.accounts.sessions;

import org.jspecify.annotations.NullMarked;
