/// The keys this server signs with, and the arithmetic of Ed25519: signing, and verifying that
/// every node agrees on.
///
/// Spec: appendices, "Signing JSON"; server-server API, "Retrieving server keys". Start reading at
/// [ServerKeys]. Table owned: `federation.signing_keys`. Invariant: a private key is in that table
/// or in this process, nowhere else.
@NullMarked
package org.valise.federation.keys;

import org.jspecify.annotations.NullMarked;
