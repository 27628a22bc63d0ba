/// Who signed a request: the `X-Matrix` authorization of requests between servers.
///
/// Spec: server-server API, "Request Authentication". Start reading at [RequestAuthentication].
/// What it says of a header and a signature is pure, in `protocol.signature`. Invariant: a request
/// is its origin's only under a key that is valid now.
@NullMarked
package org.valise.federation.requestauth;

import org.jspecify.annotations.NullMarked;
