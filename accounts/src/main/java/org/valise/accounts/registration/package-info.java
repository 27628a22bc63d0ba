/// How accounts begin and end.
///
/// Spec: client-server API, "Account registration", "Account deactivation". Tables owned:
/// `accounts.registration_token`. Start reading at [Registration] and [Deactivation]. Invariant: a
/// user id that was taken is never given again.
@NullMarked
package org.valise.accounts.registration;

import org.jspecify.annotations.NullMarked;
