/// The keys this server signs with, those of other servers, and the arithmetic of Ed25519: signing,
/// and verifying that every node agrees on.
///
/// Spec: appendices, "Signing JSON"; server-server API, "Retrieving server keys". Start reading at
/// [ServerKeys] (one's own) and [KeyRing] (the others'). Tables owned: `federation.signing_keys`,
/// `federation.remote_keys`, `federation.remote_key_statements`. Invariants: a private key is in
/// its table or in this process, nowhere else; no key of another server is trusted for what is
/// signed more than 7 days after it was last fetched.
@NullMarked
package org.valise.federation.keys;

import org.jspecify.annotations.NullMarked;
