/// Random words that let somebody in, and what is stored of them.
///
/// Spec: client-server API, "Using access tokens". Invariant: the database knows hashes only.
@NullMarked
package org.valise.accounts.tokens;

import org.jspecify.annotations.NullMarked;
